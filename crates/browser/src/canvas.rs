//! A canvas over a figure, for thousands of things that move. Each is a small picture, painted once and then copied: a
//! shape and a hue for each kind, from the colours of the style sheet.

use crate::dom::document;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

/// The hues of the four kinds, by their names in the style sheet.
const HUES: [&str; 4] = ["--request", "--waiting", "--answer", "--refused"];

/// A canvas, and the pictures of the four kinds.
pub struct Canvas {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    pictures: Vec<HtmlCanvasElement>,
    /// The width of the figure in its own pixels.
    width: f64,
    /// Of the canvas's pixels, how many are one of the figure's.
    scale: f64,
    /// For which size the pictures are, in tenths of the figure's pixels, and in which hues.
    painted: (u64, f64, String),
}

impl Canvas {
    /// A canvas in this board, whose figure is so wide.
    pub fn over(board: &Element, width: f64) -> Option<Self> {
        let canvas = document().create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
        canvas.set_class_name("crowd");
        canvas.set_attribute("aria-hidden", "true").ok()?;
        board.append_child(&canvas).ok()?;
        let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        let painted = (0, 0.0, String::new());
        let mut made = Self { canvas, context, pictures: Vec::new(), width, scale: 1.0, painted };
        made.fit();
        Some(made)
    }

    /// Whether it has a size, and so is shown.
    pub fn is_shown(&self) -> bool {
        self.canvas.client_width() > 0
    }

    /// Makes it as fine as the screen is. What was drawn is gone.
    pub fn fit(&mut self) {
        let dense = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 3.0);
        let (wide, high) = (f64::from(self.canvas.client_width()), f64::from(self.canvas.client_height()));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousand pixels")]
        let (w, h) = ((wide * dense) as u32, (high * dense) as u32);
        if (self.canvas.width(), self.canvas.height()) != (w, h) {
            self.canvas.set_width(w);
            self.canvas.set_height(h);
        }
        self.scale = wide * dense / self.width.max(1.0);
    }

    /// Forgets the pictures: the colours may be others.
    pub fn repaint(&mut self) {
        self.painted.0 = 0;
    }

    /// Draws them: x, y and kind, one after the other, in the figure's pixels; neighbours are so many tenths apart.
    pub fn draw(&mut self, tokens: &[f32], apart: u64) {
        self.paint(apart);
        let context = &self.context;
        context.clear_rect(0.0, 0.0, f64::from(self.canvas.width()), f64::from(self.canvas.height()));
        let Some(half) = self.pictures.first().map(|picture| f64::from(picture.width()) / 2.0) else { return };
        for token in tokens.as_chunks::<3>().0 {
            let [x, y, kind] = *token;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "one of four")]
            let Some(picture) = self.pictures.get(kind as usize) else { continue };
            // On whole pixels a picture is copied, not blended.
            let (x, y) = ((f64::from(x) * self.scale - half).round(), (f64::from(y) * self.scale - half).round());
            let _ = context.draw_image_with_html_canvas_element(picture, x, y);
        }
    }

    /// Paints the pictures, unless they are painted.
    fn paint(&mut self, apart: u64) {
        if (self.painted.0, self.painted.1) == (apart, self.scale) {
            return;
        }
        let style = web_sys::window().zip(document().document_element());
        let style = style.and_then(|(window, root)| window.get_computed_style(&root).ok().flatten());
        let hue = |name: &str| style.as_ref().and_then(|style| style.get_property_value(name).ok()).unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "some tenths")]
        let radius = (apart as f64 / 10.0 * 0.42 * self.scale).max(1.0);
        let pictures = HUES.iter().enumerate().map(|(kind, name)| picture(kind, radius, &hue(name), &hue("--paper")));
        self.pictures = pictures.collect::<Option<_>>().unwrap_or_default();
        self.painted = (apart, self.scale, String::new());
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        self.canvas.remove();
    }
}

/// One kind: a request points on, who waits is hollow, an answer is round, a refusal is a cross.
fn picture(kind: usize, radius: f64, hue: &str, paper: &str) -> Option<HtmlCanvasElement> {
    let picture = document().create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some pixels")]
    let size = (radius * 2.0 + 2.0).ceil() as u32;
    picture.set_width(size);
    picture.set_height(size);
    let context = picture.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    let (hue, middle) = (hue.trim(), f64::from(size) / 2.0);
    context.set_fill_style_str(hue);
    context.set_stroke_style_str(hue);
    if radius < 1.6 {
        context.fill_rect(middle - radius, middle - radius, radius * 2.0, radius * 2.0);
        return Some(picture);
    }
    context.translate(middle, middle).ok()?;
    context.begin_path();
    match kind {
        0 => {
            context.move_to(-radius, -radius * 0.8);
            context.line_to(radius * 0.2, -radius * 0.8);
            context.line_to(radius, 0.0);
            context.line_to(radius * 0.2, radius * 0.8);
            context.line_to(-radius, radius * 0.8);
            context.close_path();
            context.fill();
        }
        1 => {
            let thick = (radius * 0.45).max(1.0);
            let side = radius * 0.8 - thick / 2.0;
            context.set_fill_style_str(paper.trim());
            context.fill_rect(-side, -side, side * 2.0, side * 2.0);
            context.set_line_width(thick);
            context.stroke_rect(-side, -side, side * 2.0, side * 2.0);
        }
        2 => {
            context.arc(0.0, 0.0, radius * 0.9, 0.0, std::f64::consts::TAU).ok()?;
            context.fill();
        }
        _ => {
            let arm = radius * 0.75;
            context.set_line_width((radius * 0.5).max(1.2));
            context.move_to(-arm, -arm);
            context.line_to(arm, arm);
            context.move_to(arm, -arm);
            context.line_to(-arm, arm);
            context.stroke();
        }
    }
    Some(picture)
}
