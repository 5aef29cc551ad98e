//! Figures 14 and 15: the run in its worker, settings that change it, refusals in the database's words, keys alone, less
//! motion, settings out of all measure on a page that stays alive, and the work measured on this device.

use crate::harness::{Key, Page, journey};
use serde_json::json;

const SENTENCE: &str = "[data-said=sentence]";

/// Puts a number into a field of the settings, as somebody who types it.
async fn set(page: &Page, name: &str, value: &str) {
    let css = format!("[data-knob={name}]");
    page.wait_for(&css).await;
    page.js_with("const field = document.querySelector(arguments[0]); field.focus(); field.select()", &[json!(css)])
        .await;
    page.write(value).await;
    let typed = page.js_with("return document.querySelector(arguments[0]).value", &[json!(css)]).await;
    assert_eq!(typed, json!(value), "{name}");
}

async fn to_the_end(page: &Page, words: &str) {
    page.js("document.querySelector('.player').focus({ preventScroll: true })").await;
    page.press(Key::End).await;
    let stands = "const moment = document.querySelector('[data-said=moment]').textContent;
        return document.querySelector('[data-scrub]').value === '1000' && !moment.includes('…')";
    page.wait_until("the end", async || page.js(stands).await == json!(true)).await;
    page.wait_for_text(SENTENCE, words).await;
}

/// How many pixels of the canvas that is shown are painted.
async fn painted(page: &Page) -> u64 {
    let script = "const canvas = [...document.querySelectorAll('.crowd')].find((one) => one.clientWidth > 0);
        if (!canvas?.width) return 0;
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let count = 0;
        for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
        return count";
    page.js(script).await.as_u64().expect("a number")
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn figure_14_runs_and_a_slider_changes_the_run() {
    journey("pool", async |page| {
        page.open("5.3-pool/").await;
        page.wait_for(".numbers.player").await;
        page.wait_for_text(SENTENCE, "1,000 clients come to both halves").await;
        page.press(' ').await;
        page.wait_until("arrows that are lit", async || page.count(".actors .lit").await > 3).await;
        page.wait_until("marks on the figure", async || painted(page).await > 50).await;
        page.wait_for_text(SENTENCE, "the pool served").await;
        page.screenshot("pool-plays").await;
        page.press(' ').await;
        let moment = page.text("[data-said=moment]").await;
        to_the_end(page, "the pool served all 1,000").await;
        assert_ne!(page.text("[data-said=moment]").await, moment);
        page.wait_for_text(SENTENCE, "(SQLSTATE 53300)").await;
        page.wait_for_text("[data-said=because]", "max_connections = 100").await;
        page.wait_for_text("[data-said=because]", "First refused after").await;
        // The point is looked for by itself, and marked.
        page.wait_for_text("[data-said=point]", "clients a second on, the flood is refused").await;
        assert_eq!(page.count("[data-said=tick-rate] path").await, 1);
        assert_eq!(page.count("[data-said=tick] path").await, 1);
        page.screenshot("pool-over").await;
        // A place at the database for everybody: nobody is refused. The run is that of its end at once.
        page.tab_to("[data-slide=limit]").await;
        page.press(Key::End).await;
        page.wait_for_text(SENTENCE, "PostgreSQL refused none").await;
        assert_eq!(page.attribute("[data-slide=limit]", "aria-valuetext").await.as_deref(), Some("1,000"));
        assert!(page.url().await.ends_with("?limit=1000"), "the settings are an address");
        page.reload().await;
        page.wait_for(".numbers.player").await;
        to_the_end(page, "PostgreSQL refused none").await;
        // Back to an earlier moment: the run is computed again.
        page.press('3').await;
        page.wait_for_text(SENTENCE, " of 564").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn faults_and_a_crowd_have_their_words() {
    journey("pool-faults", async |page| {
        page.open("5.3-pool/").await;
        page.wait_for(".numbers.player").await;
        page.click("[data-preset^='clients=4000']").await;
        to_the_end(page, "All 10 of the pool’s connections have leaked").await;
        page.wait_for_text("[data-said=because]", "connectionTimeoutMillis is 0").await;
        page.wait_for_text("[data-said=counts]", "504 Gateway Time-out").await;
        page.click("[data-preset^='clients=2000&rate=500']").await;
        page.wait_for_text(SENTENCE, "up to 490 waited in its line").await;
        page.wait_for_text("[data-said=counts]", "sorry, too many clients already").await;
        // From four who are drawn one by one to a crowd.
        page.click("[data-preset^='clients=4&']").await;
        page.wait_for_text(SENTENCE, "4 clients held up to 4 connections").await;
        page.click("[data-preset^='clients=100000']").await;
        page.wait_for_text(SENTENCE, "refused 99,").await;
        page.press('5').await;
        page.wait_for_text("[data-said=scale]", "A mark stands for").await;
        page.wait_until("a crowd", async || painted(page).await > 5_000).await;
        page.screenshot("pool-crowd").await;
        page.size(360, 740).await;
        page.wait_until("a crowd on the tall form", async || painted(page).await > 2_000).await;
        page.screenshot("pool-crowd-phone").await;
        assert!(!page.scrolls_sideways().await, "the figure fits a phone");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn charts_are_read_by_keyboard_and_pointer() {
    journey("pool-charts", async |page| {
        page.open("5.3-pool/").await;
        page.wait_for(".numbers.player").await;
        to_the_end(page, "the pool served all 1,000").await;
        page.tab_to("[data-at]").await;
        page.press(Key::Right).await;
        page.press(Key::Right).await;
        page.wait_for_text("[data-said=connections] .read", "a connection each").await;
        let spoken = async || page.attribute("[data-at]", "aria-valuetext").await.unwrap_or_default();
        page.wait_until("the values to be spoken", async || spoken().await.contains("Connections at the database")).await;
        let before = spoken().await;
        page.press(Key::Right).await;
        page.wait_until("the next stretch", async || spoken().await != before).await;
        page.tab_to("[data-bin]").await;
        page.press(Key::End).await;
        page.wait_for_text("[data-said=waits] .read", "ms: pool 0, a connection each").await;
        let script = "const chart = document.querySelector('[data-chart=ends]'), box = chart.getBoundingClientRect();
            chart.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + 50 }))";
        page.js(script).await;
        page.wait_for_text("[data-said=ends] .read", "each: refused").await;
        assert_eq!(page.count(".charts .cursor").await, 5);
        page.click(".charts summary").await;
        assert!(page.count(".charts table tr").await > 10, "the course of time is a table, too");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn the_page_stays_alive_whatever_is_set() {
    journey("pool-extreme", async |page| {
        page.open("5.3-pool/").await;
        page.wait_for(".numbers.player").await;
        set(page, "clients", "0").await;
        page.wait_for_text(SENTENCE, "Nobody comes, so nothing happens.").await;
        set(page, "clients", "1000").await;
        set(page, "pool", "0").await;
        page.wait_for_text("[data-said=matters]", "node-postgres takes a pool size of 0 for none given").await;
        set(page, "limit", "3").await;
        page.wait_for_text(SENTENCE, "must be less than max_connections (3)").await;
        set(page, "limit", "8").await;
        page.wait_for_text("[data-said=matters]", "The pool may open 10 connections, and the database lets 5 of them in").await;
        set(page, "limit", "100").await;
        set(page, "clients", "1000000000").await;
        page.wait_for_text("[data-said=matters]", "it goes on in steps and can be stopped").await;
        // To the end, which is far: the page answers all the while, and it can be stopped.
        page.js("window.late = 0; let last = performance.now(); window.watch = setInterval(() => { const now = performance.now(); late = Math.max(late, now - last); last = now }, 10)").await;
        page.js("document.querySelector('.player').focus()").await;
        page.press(Key::End).await;
        page.wait_until("the run to go on", async || page.text("[data-said=moment]").await.contains(" s")).await;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        let late = page.js("clearInterval(watch); return late").await.as_f64().expect("milliseconds");
        println!("the longest the page was busy: {late} ms");
        assert!(late < 500.0, "the page did not answer for {late} ms");
        page.click("[data-cue=stop]").await;
        page.wait_until("the run to stand", async || {
            page.attribute("[data-cue=stop]", "hidden").await.is_some()
        })
        .await;
        // The half that is behind comes to the moment of the other; then nothing goes on.
        let stands = async || {
            let before = page.text("[data-said=moment]").await;
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            page.text("[data-said=moment]").await == before
        };
        page.wait_until("it to stand", stands).await;
        // All in one moment: more than have room.
        page.js("const one = document.querySelector('[data-knob=arrivals]'); one.value = '2'; one.dispatchEvent(new Event('input', { bubbles: true }))").await;
        set(page, "rate", "1000000000").await;
        page.wait_for_text("[data-said=matters]", "come in one moment").await;
        page.click("[data-preset='']").await;
        to_the_end(page, "the pool served all 1,000").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn with_less_motion_nothing_travels() {
    journey("pool-still", async |page| {
        page.prefer(&[("prefers-reduced-motion", "reduce")]).await;
        page.ahead("window.frames = 0; const ask = requestAnimationFrame; window.requestAnimationFrame = (act) => ask((now) => { frames++; act(now) })").await;
        page.open("5.3-pool/?autoplay=1&clients=5000").await;
        page.wait_for(".numbers.player").await;
        page.wait_for_text(SENTENCE, "Press Space").await;
        page.press(' ').await;
        page.wait_for_text(SENTENCE, "the pool served").await;
        page.wait_until("marks at their places", async || painted(page).await > 50).await;
        let script = "const done = arguments[arguments.length - 1];
            const look = () => document.querySelector('.actors:has(*)').innerHTML;
            const seen = new Set(); const began = performance.now();
            const again = () => { seen.add(look()); performance.now() - began < 2000 ? setTimeout(again, 20) : done(seen.size) };
            again()";
        let states = page.js_async(script).await.as_u64().expect("a number");
        assert!((1..=6).contains(&states), "{states} states in two seconds");
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn what_nobody_sees_stops() {
    journey("pool-unseen", async |page| {
        page.open("5.3-pool/").await;
        page.wait_for(".numbers.player").await;
        page.js("const pace = document.querySelector('[data-pace]'); pace.value = '5'; pace.dispatchEvent(new Event('change', { bubbles: true }))").await;
        page.press(' ').await;
        page.wait_for_text(SENTENCE, "the pool served").await;
        page.js("scrollTo(0, document.body.scrollHeight)").await;
        let moment = async || page.text("[data-said=moment]").await;
        let stands = async || {
            let before = moment().await;
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            moment().await == before
        };
        page.wait_until("it to stand", stands).await;
        page.js("scrollTo(0, 0)").await;
        page.wait_until("it to go on", async || !stands().await).await;
        // Another page: the worker is gone, and the words are there.
        page.click(".turn [rel=next]").await;
        page.wait_for_text("h1", "Computing power").await;
        page.wait_for_text(SENTENCE, "what each customer has spent").await;
        page.back().await;
        page.wait_for_text(SENTENCE, "clients come to both halves").await;
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a browser"]
async fn figure_15_runs_and_measures() {
    journey("devices", async |page| {
        page.open("5.4-devices/").await;
        page.wait_for(".numbers.player").await;
        page.press(' ').await;
        page.wait_for_text(SENTENCE, "the phone ran out of memory").await;
        page.press(Key::End).await;
        page.wait_for_text(SENTENCE, "has answered 500 of 500 requests").await;
        assert_eq!(page.count(".board.wide .actors .lit").await, 7);
        page.wait_for_text("[data-said=machines]", "assumption: a tenth of the desktop's").await;
        page.wait_for_text("[data-said=machines]", "measured: about what this job did").await;
        page.click("[data-preset='orders=100000']").await;
        page.wait_for_text(SENTENCE, "the phone took 95.5 ms").await;
        page.click("[data-preset^='rate=30&servers=2']").await;
        page.wait_for_text("[data-said=servers]", "more servers: 99 % are answered within").await;
        page.screenshot("devices").await;
        // Cancelled in the middle, then done, here and by the server, to the same result.
        page.js("const orders = document.querySelector('[data-orders]'); orders.value = '4000000'; orders.dispatchEvent(new Event('change', { bubbles: true }))").await;
        page.click("[data-cue=measure]").await;
        page.click("[data-cue=cancel]").await;
        page.wait_for_text("[data-said=working]", "Cancelled").await;
        page.js("const orders = document.querySelector('[data-orders]'); orders.value = '500000'; orders.dispatchEvent(new Event('change', { bubbles: true }))").await;
        page.click("[data-cue=measure]").await;
        page.wait_for_text("[data-said=measured]", "this device, as Wasm in a worker").await;
        page.wait_for_text("[data-said=measured]", "Both came to the same result").await;
        page.screenshot("devices-measured").await;
        page.size(360, 740).await;
        page.screenshot("devices-phone").await;
        assert!(!page.scrolls_sideways().await, "the figure fits a phone");
        // Without the server a line says so.
        page.expect("/live/work");
        page.js("window.fetch = () => Promise.reject(new TypeError('Failed to fetch'))").await;
        page.click("[data-cue=measure]").await;
        page.wait_for_text("[data-said=measured]", "The bundled server is not here").await;
    })
    .await;
}

/// In a frame without an origin of its own no worker may be started: the page computes in steps itself.
#[tokio::test]
#[ignore = "needs a browser"]
async fn where_there_is_no_worker_the_page_computes_itself() {
    journey("pool-sandbox", async |page| {
        page.open_embedded("?embed=1&piece=pool", "sandbox=\"allow-scripts\" width=900 height=600").await;
        page.enter("#embed").await;
        page.wait_for(".numbers.player").await;
        page.click(".numbers .play").await;
        page.wait_for_text(SENTENCE, "the pool served").await;
        page.click("[data-cue=end]").await;
        page.wait_for_text(SENTENCE, "(SQLSTATE 53300)").await;
        page.leave().await;
        page.screenshot("pool-embedded").await;
    })
    .await;
}

/// How long frames take: `cargo xtask test --browser numbers::long` prints the table of docs/frames.md.
mod long {
    use super::*;

    /// From one picture of the canvas to the next, in milliseconds, for three seconds, sorted. A frame of the page in which
    /// nothing is drawn does not count.
    const WATCH: &str = "const done = arguments[arguments.length - 1];
        const { clearRect } = CanvasRenderingContext2D.prototype;
        const times = []; let last = 0;
        CanvasRenderingContext2D.prototype.clearRect = function (...all) {
          const now = performance.now();
          if (last) times.push(now - last);
          last = now;
          return clearRect.apply(this, all);
        };
        setTimeout(() => {
          CanvasRenderingContext2D.prototype.clearRect = clearRect;
          done(times.sort((a, b) => a - b));
        }, 3000);";

    /// How many pictures are copied from one clearing of a canvas to the next, the median of half a second.
    const COUNT: &str = "const done = arguments[arguments.length - 1];
        const { drawImage, clearRect } = CanvasRenderingContext2D.prototype;
        let count = 0; const counts = [];
        CanvasRenderingContext2D.prototype.drawImage = function (...all) { count++; return drawImage.apply(this, all) };
        CanvasRenderingContext2D.prototype.clearRect = function (...all) { if (count) counts.push(count); count = 0; return clearRect.apply(this, all) };
        setTimeout(() => {
          Object.assign(CanvasRenderingContext2D.prototype, { drawImage, clearRect });
          done(counts.sort((a, b) => a - b)[counts.length >> 1] ?? 0);
        }, 500);";

    /// The plainest loop that draws as many: the same canvas, the same picture, each moved on by a pixel.
    fn bare(count: u64, size: u64) -> String {
        format!(
            "document.body.innerHTML = '<canvas width=1096 height=494></canvas>';
             const canvas = document.querySelector('canvas'), context = canvas.getContext('2d');
             const picture = Object.assign(document.createElement('canvas'), {{ width: {size}, height: {size} }});
             const paint = picture.getContext('2d'); paint.fillStyle = '#8a5a00'; paint.fillRect(1, 1, {size} - 2, {size} - 2);
             const x = new Float32Array({count}), y = new Float32Array({count});
             for (let i = 0; i < {count}; i++) {{ x[i] = i * 37 % 1096; y[i] = i * 17 % 494; }}
             const frame = () => {{
               context.clearRect(0, 0, 1096, 494);
               for (let i = 0; i < {count}; i++) {{ x[i] = (x[i] + 1) % 1096; context.drawImage(picture, Math.round(x[i]), Math.round(y[i])); }}
               requestAnimationFrame(frame);
             }};
             requestAnimationFrame(frame);"
        )
    }

    async fn frames(page: &Page) -> (f64, f64) {
        let times: Vec<f64> = serde_json::from_value(page.js_async(WATCH).await).expect("milliseconds");
        assert!(times.len() > 2, "{times:?}");
        (times[times.len() / 2], times[times.len() * 95 / 100])
    }

    #[tokio::test]
    #[ignore = "needs a browser"]
    async fn frames_at_a_hundred_and_at_fifty_thousand() {
        journey("frames", async |page| {
            page.size(1280, 1000).await;
            println!("   drawn   figure: half   95 %   bare loop: half   95 %   share");
            for (clients, pace) in [(50, 20), (150, 50), (1_000, 50), (5_000, 100), (25_000, 250)] {
                page.open(&format!("5.3-pool/?clients={clients}&rate={clients}&arrivals=2")).await;
                page.wait_for(".numbers.player").await;
                let choose = "for (const [css, value] of Object.entries(arguments[0])) {
                    const one = document.querySelector(css); one.value = value;
                    one.dispatchEvent(new Event('change', { bubbles: true })) }";
                page.js_with(choose, &[json!({ "[data-tokens]": "50000", "[data-pace]": pace.to_string() })]).await;
                page.press(' ').await;
                page.wait_until("marks on the figure", async || painted(page).await > 50).await;
                let count = page.js_async(COUNT).await.as_u64().expect("a number");
                let (half, most) = frames(page).await;
                page.open("about/").await;
                let size = match count {
                    0..=120 => 13,
                    121..=600 => 9,
                    601..=3_000 => 7,
                    3_001..=12_000 => 5,
                    _ => 4,
                };
                page.js(&bare(count, size)).await;
                let (bare_half, bare_most) = frames(page).await;
                println!(
                    "{count:>8} {half:>12.1} {most:>8.1} {bare_half:>15.1} {bare_most:>8.1} {:>9.2}",
                    half / bare_half
                );
            }
        })
        .await;
    }
}
