#!/usr/bin/env python3
"""The M/M/10 queue of crates/load/src/bench.rs in SimPy, and then by Roundtrip, in one run.

    python3 -m venv target/simpy && target/simpy/bin/pip install simpy
    target/simpy/bin/python bench/simpy_mmc.py [CLIENTS]

1,800 clients a second (Poisson), ten servers, 5 ms each (exponential). By Erlang's C, the mean wait is 3.344 ms.
"""

import random
import subprocess
import sys
import time
from pathlib import Path

import simpy

RATE, SERVERS, SERVICE = 1_800, 10, 0.005


def erlang_wait():
    """The mean wait in seconds."""
    offered, b = RATE * SERVICE, 1.0
    for n in range(1, SERVERS + 1):
        b = offered * b / (n + offered * b)
    c = b / (1 - offered / SERVERS * (1 - b))
    return c / (SERVERS / SERVICE - RATE)


def run(clients):
    """The mean wait in seconds."""
    chance, env, waited = random.Random(1), simpy.Environment(), 0.0
    servers = simpy.Resource(env, SERVERS)

    def client():
        nonlocal waited
        came = env.now
        with servers.request() as turn:
            yield turn
            waited += env.now - came
            yield env.timeout(chance.expovariate(1 / SERVICE))

    def arrivals():
        for _ in range(clients):
            env.process(client())
            yield env.timeout(chance.expovariate(RATE))

    env.process(arrivals())
    env.run()
    return waited / clients


def main():
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        wait = run(clients)
        best = min(best, time.perf_counter() - began)
    print(f"theory (Erlang C):                                       mean wait {1e3 * erlang_wait():.3f} ms")
    print(f"SimPy {simpy.__version__}, M/M/10:       {clients / best:>12.0f} clients a second, mean wait {1e3 * wait:.3f} ms")
    sys.stdout.flush()
    root = Path(__file__).resolve().parent.parent
    ours = ["cargo", "run", "--quiet", "--release", "--package", "load", "--example", "mmc", "--", str(5 * clients)]
    subprocess.run(ours, cwd=root, check=True)


main()
