"""Runs in the virtual machine, put there by `wiring.py`: moves the outer ends of the wires, and prints when it did.

Reads a JSON list of steps, each ``[seconds after the step before, BCM pin, level]``; prints for each the second of
CLOCK_MONOTONIC at which it was made. On a busy machine a step may be late, and then all later ones are: two are never
closer than was asked for.
"""

import glob
import json
import os
import sys
import time

steps = json.load(sys.stdin)
folder = glob.glob("/sys/devices/platform/gpio-sim.*/gpiochip*/")[0]
wires = {pin: os.open(f"{folder}sim_gpio{pin}/pull", os.O_WRONLY) for pin in {pin for _, pin, _ in steps}}
# A keypad does not wait for a Pi. The kernel's threads of interrupts have priority 50.
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(int(sys.argv[1])))
times = []
last = time.monotonic()
for after_s, pin, level in steps:
    while (left := last + after_s - time.monotonic()) > 0:
        if left > 0.001:
            time.sleep(left)
    os.pwrite(wires[pin], b"pull-up" if level else b"pull-down", 0)
    last = time.monotonic()
    times.append(last)
json.dump(times, sys.stdout)
