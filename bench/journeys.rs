//! A thousand whole journeys of figure 5, in a world that was read once. The page around it takes the time.

use engine::journey::{Action, Timed, run_read};
use engine::state::State;
use engine::time::Micros;
use engine::trace::Outcome;
use engine::world::{Readings, World};

fn main() {
    let world = World::course();
    let (readings, state) = (Readings::of(&world), State::booted(&world));
    let open = Action::Open("https://backend-demo.senus.doxyz/users".to_owned());
    let actions = [Timed { at: Micros::ZERO, what: open }];
    for seed in 0..1_000 {
        let (trace, _) = run_read(&world, &readings, &state, &actions, seed);
        assert!(matches!(trace.outcomes[0], Outcome::Response { status: 200, .. }), "the journey fails");
    }
}
