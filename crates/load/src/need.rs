//! What the work of [`job`](crate::job) needs: operations, memory, and how many cores could help. It is computed from the
//! number of orders; that the work takes exactly so much is held by a test.

/// Bytes of one order, and of one customer.
pub const RECORD: u64 = 16;

/// The work: its size and its chances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many orders there are.
    pub orders: u32,
    /// How many customers; each has placed an order.
    pub customers: u32,
}

impl Size {
    /// So many orders, by a tenth as many customers.
    pub fn of(orders: u32) -> Self {
        Self { orders, customers: orders.div_ceil(10) }
    }

    /// At least one customer, and no more than orders.
    pub fn sound(self) -> Self {
        Self { customers: self.customers.clamp(1, self.orders.max(1)), ..self }
    }
}

/// A stage of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What is done.
    pub name: &'static str,
    /// Operations.
    pub operations: u64,
    /// How many cores could do it at once, at most.
    pub ways: u64,
    /// Bytes held when it begins; what it touches for the first time is added as it goes.
    pub from: u64,
    /// Bytes held when it ends.
    pub to: u64,
}

/// What the work needs, stage by stage.
pub fn need(size: Size) -> Vec<Stage> {
    let (orders, customers) = (u64::from(size.orders), u64::from(size.sound().customers.min(size.orders)));
    let (one, two) = (RECORD * orders, 2 * RECORD * orders);
    let mut stages = vec![Stage { name: "read", operations: orders, ways: orders, from: 0, to: one }];
    for pass in 0..passes(size.orders) {
        let ways = orders.div_ceil(2 << pass);
        let from = if pass == 0 { one } else { two };
        stages.push(Stage { name: "merge", operations: orders, ways, from, to: two });
    }
    let held = one + RECORD * customers;
    stages.push(Stage { name: "add up", operations: orders, ways: 1, from: one, to: held });
    stages.push(Stage { name: "rank", operations: customers, ways: 1, from: held, to: held });
    stages
}

/// How often runs are merged until there is one.
fn passes(orders: u32) -> u32 {
    u64::from(orders.max(1)).next_power_of_two().trailing_zeros()
}

/// The most that is held at once, in bytes.
pub fn peak(stages: &[Stage]) -> u64 {
    stages.iter().map(|stage| stage.from.max(stage.to)).max().unwrap_or(0)
}

/// All operations.
pub fn operations(stages: &[Stage]) -> u64 {
    stages.iter().map(|stage| stage.operations).sum()
}
