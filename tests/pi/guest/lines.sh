#!/bin/sh
# Makes the simulated lines of a Pi's header, /dev/gpiochip0, before anything asks for them.
set -eu
modprobe configfs
modprobe gpio-sim
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
pi=/sys/kernel/config/gpio-sim/pi
mkdir -p $pi/header
echo 54 >$pi/header/num_lines
echo pinctrl-bcm2835 >$pi/header/label
echo 1 >$pi/live
udevadm settle
