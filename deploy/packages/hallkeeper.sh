#!/bin/sh
# The command `hallkeeper` of the version in force: the slot that an update has put in, or else the package's own.
slots=${HALLKEEPER_SLOTS:-/opt/hallkeeper-updates}
package=${HALLKEEPER_PACKAGE:-/opt/hallkeeper}
IFS= read -r named 2>/dev/null <"$slots/current" || true
case $named in
a | b) [ -x "$slots/$named/bin/python" ] && [ -f "$slots/$named/bin/hallkeeper" ] && package=$slots/$named ;;
esac
exec "$package/bin/python" "$package/bin/hallkeeper" "$@"
