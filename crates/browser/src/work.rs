//! A program that computes beside the page: in a worker of this site, so that the page stays alive whatever is asked. Where
//! the browser allows none (a frame with `sandbox`, whose origin is opaque), the same program answers in the page, a short
//! step at a time.
//!
//! A question is text; an answer is text, numbers, and how long it took in microseconds.

use crate::{dom, frames, turn};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::js_sys::{self, Array, Float32Array, Function, Reflect};
use web_sys::{DedicatedWorkerGlobalScope, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

/// The function on the window, where there is no worker.
const NAME: &str = "roundtripWork";
/// Said on the document when the program is wanted in the page itself.
const WANTED: &str = "roundtrip:work";
/// Said on the document when it is there.
const READY: &str = "roundtrip:worked";
/// What a worker says first.
const HELLO: &str = "ready";

/// What is heard of the other side.
#[derive(Debug)]
pub enum Heard {
    /// Somebody is there, and can be asked; in a worker, or not.
    Ready(bool),
    /// An answer: text, numbers, microseconds.
    Answer(String, Vec<f32>, u64),
    /// It cannot go on, and why.
    Trouble(String),
}

type Hear = Rc<dyn Fn(Heard)>;
type Listens<E> = RefCell<Option<Closure<dyn Fn(E)>>>;

/// Somebody to ask. Dropping it ends the worker, whatever it is at.
pub struct Other {
    worker: RefCell<Option<Worker>>,
    hear: Hear,
    alive: Rc<Cell<bool>>,
    fails: Listens<Event>,
    listens: Listens<MessageEvent>,
}

impl Drop for Other {
    fn drop(&mut self) {
        self.alive.set(false);
        if let Some(worker) = self.worker.take() {
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.terminate();
        }
    }
}

impl Other {
    /// Starts the program that this script starts. `hear` is told when it can be asked, and of every answer.
    pub fn start(script: &str, hear: impl Fn(Heard) + 'static) -> Rc<Self> {
        let other = Rc::new(Self {
            worker: RefCell::new(None),
            hear: Rc::new(hear),
            alive: Rc::new(Cell::new(true)),
            fails: RefCell::default(),
            listens: RefCell::default(),
        });
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        match Worker::new_with_options(script, &options) {
            Ok(worker) => other.listen(worker),
            Err(_) => other.in_the_page(),
        }
        other
    }

    fn listen(self: &Rc<Self>, worker: Worker) {
        let (said, hear) = (Rc::new(Cell::new(false)), Rc::clone(&self.hear));
        let spoke = Rc::clone(&said);
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            spoke.set(true);
            hear(read(&event.data()));
        });
        worker.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        let weak = Rc::downgrade(self);
        let failed = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let Some(other) = weak.upgrade() else { return };
            event.prevent_default();
            if said.get() {
                (other.hear)(Heard::Trouble("the worker stopped".to_owned()));
            } else if let Some(worker) = other.worker.take() {
                // It never began: this browser, or this frame, allows none.
                worker.terminate();
                other.in_the_page();
            }
        });
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        self.fails.replace(Some(failed));
        self.listens.replace(Some(listener));
        self.worker.replace(Some(worker));
    }

    /// Sends for the program to be run in the page.
    fn in_the_page(self: &Rc<Self>) {
        if window_answers().is_some() {
            let other = Rc::clone(self);
            return frames::later(move || (other.hear)(Heard::Ready(false)));
        }
        let weak = Rc::downgrade(self);
        turn::listen(READY, move || {
            if let Some(other) = weak.upgrade().filter(|other| other.worker.borrow().is_none()) {
                (other.hear)(Heard::Ready(false));
            }
        });
        turn::say(WANTED);
    }

    /// Asks. The answer is heard later, also where the page answers itself.
    pub fn ask(&self, question: &str) {
        if let Some(worker) = &*self.worker.borrow() {
            // A text can always be sent.
            let _ = worker.post_message(&question.into());
            return;
        }
        let (question, hear, alive) = (question.to_owned(), Rc::clone(&self.hear), Rc::clone(&self.alive));
        frames::later(move || {
            let answer = window_answers().and_then(|answer| answer.call1(&JsValue::NULL, &question.into()).ok());
            if alive.get() {
                hear(answer.map_or_else(|| Heard::Trouble("nobody answers".to_owned()), |answer| read(&answer)));
            }
        });
    }
}

fn window_answers() -> Option<Function> {
    Reflect::get(&web_sys::window()?.into(), &NAME.into()).ok()?.dyn_into::<Function>().ok()
}

fn read(message: &JsValue) -> Heard {
    if let Some(text) = message.as_string() {
        return if text == HELLO { Heard::Ready(true) } else { Heard::Trouble(text) };
    }
    let parts: &Array = message.unchecked_ref();
    let numbers = parts.get(1).dyn_into::<Float32Array>().map(|numbers| numbers.to_vec()).unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "microseconds of one step")]
    let took = (parts.get(2).as_f64().unwrap_or(0.0) * 1_000.0) as u64;
    Heard::Answer(parts.get(0).as_string().unwrap_or_default(), numbers, took)
}

/// Milliseconds, from wherever this program began.
fn now() -> f64 {
    let performance = Reflect::get(&js_sys::global(), &"performance".into()).ok();
    performance.and_then(|it| it.dyn_into::<web_sys::Performance>().ok()).map_or(0.0, |it| it.now())
}

/// Answers questions: as the worker that this program is, or in the page.
pub fn serve(mut answer: impl FnMut(&str) -> (String, Vec<f32>) + 'static) {
    let mut reply = move |question: &str| {
        let began = now();
        let (text, numbers) = answer(question);
        let took = now() - began;
        Array::of3(&text.into(), &Float32Array::from(numbers.as_slice()), &took.into())
    };
    match js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        Ok(worker) => {
            complain(worker.clone());
            let hear = {
                let worker = worker.clone();
                Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                    let question = event.data().as_string().unwrap_or_default();
                    let parts = reply(&question);
                    let numbers: Float32Array = parts.get(1).unchecked_into();
                    // The numbers are handed over, not copied.
                    let _ = worker.post_message_with_transfer(&parts, &Array::of1(&numbers.buffer()));
                })
            };
            worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
            hear.forget();
            let _ = worker.post_message(&HELLO.into());
        }
        Err(_) => {
            let hear = Closure::<dyn FnMut(String) -> Array>::new(move |question: String| reply(&question));
            if let Some(window) = web_sys::window() {
                let _ = Reflect::set(&window, &NAME.into(), hear.as_ref());
            }
            hear.forget();
            turn::say(READY);
        }
    }
}

/// A panic in a worker is said to the page.
fn complain(worker: DedicatedWorkerGlobalScope) {
    struct Scope(DedicatedWorkerGlobalScope);
    thread_local! {
        static SCOPE: RefCell<Option<Scope>> = const { RefCell::new(None) };
    }
    SCOPE.replace(Some(Scope(worker)));
    std::panic::set_hook(Box::new(|info| {
        let why = info.payload_as_str().unwrap_or("an unexpected state");
        let place = info.location().map(|at| format!(" ({}, line {})", at.file(), at.line())).unwrap_or_default();
        SCOPE.with_borrow(|scope| {
            if let Some(Scope(worker)) = scope {
                let _ = worker.post_message(&format!("a mistake in the worker, {why}{place}").into());
            }
        });
    }));
}

/// Asks the bundled server for a piece of work: its answer, or the status and words of its no, or nothing where nobody is
/// there.
pub fn post(address: &str, body: &str, then: impl FnOnce(Option<(u16, String)>) + 'static) {
    let (address, body) = (address.to_owned(), body.to_owned());
    wasm_bindgen_futures::spawn_local(async move { then(dom::post(&address, &body).await) });
}
