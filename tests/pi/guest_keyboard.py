"""Runs in the virtual machine, put there by `devices.py`: a keyboard by `uinput`, which types what comes by a pipe.

Given: the link to make to its device, and the pipe to make, which takes ``struct input_event``. The keyboard is pulled
out when this program ends.
"""

import fcntl
import glob
import os
import struct
import sys
import time

link, pipe = sys.argv[1:]
UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_SETUP, UI_DEV_CREATE = 0x40045564, 0x40045565, 0x405C5503, 0x5501
UI_GET_SYSNAME = 0x8040552C
EV_KEY, BUS_USB = 1, 3
EVENT_BYTES = struct.calcsize("@llHHi")

device = os.open("/dev/uinput", os.O_WRONLY)
fcntl.ioctl(device, UI_SET_EVBIT, EV_KEY)
for code in range(1, 128):
    fcntl.ioctl(device, UI_SET_KEYBIT, code)
fcntl.ioctl(device, UI_DEV_SETUP, struct.pack("@HHHH80sI", BUS_USB, 1, 1, 1, b"Test scanner", 0))
fcntl.ioctl(device, UI_DEV_CREATE)
name = fcntl.ioctl(device, UI_GET_SYSNAME, bytes(64)).rstrip(b"\0").decode()
while not (found := glob.glob(f"/sys/devices/virtual/input/{name}/event*")):
    time.sleep(0.1)
os.mkfifo(pipe)
os.makedirs(os.path.dirname(link), exist_ok=True)
os.symlink(f"/dev/input/{os.path.basename(found[0])}", link)
writers_come_and_go = os.open(pipe, os.O_RDWR)
while True:
    os.write(device, os.read(writers_come_and_go, 64 * EVENT_BYTES))
