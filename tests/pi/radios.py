"""Radios that the machine's kernel simulates (`mac80211_hwsim`): hostapd on one, wpa_supplicant on the others."""

from tests.pi.machine import Machine

ACCESS_POINT = "wlan0"
ADDRESSES = {"wlan1": "b8:27:eb:00:0b:01", "wlan2": "d8:3a:dd:41:7c:2e", "wlan3": "02:1f:a0:44:05:c6"}
"""Of the devices; the last has made its address up."""
_PASSPHRASE, _WRONG = "a hall with books", "a hall without any"
_HOSTAPD = f"""
interface={ACCESS_POINT}
driver=nl80211
ssid=Hall
hw_mode=g
channel=1
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase={_PASSPHRASE}
ctrl_interface=/run/hostapd
ctrl_interface_group=hallkeeper-edge
logger_syslog=0
"""
SOURCES = f"""
[[wifi]]
id = "by-iw"
zone = "hall"
format = "iw"
command = ["iw", "dev", "{ACCESS_POINT}", "station", "dump"]
every_s = 5

[[wifi]]
id = "by-hostapd"
zone = "stage"
format = "hostapd"
command = ["hostapd_cli", "-s", "/var/lib/hallkeeper-edge", "-p", "/run/hostapd", "-i", "{ACCESS_POINT}", "all_sta"]
every_s = 5
"""


class Radios:
    """An access point, and devices that come and go."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        machine.sh(f"modprobe mac80211_hwsim radios={1 + len(ADDRESSES)}")
        for name, address in ADDRESSES.items():
            machine.sh(f"ip link set {name} down; ip link set {name} address {address}")
        machine.put("/etc/hostapd/hostapd.conf", _HOSTAPD, mode="600")
        machine.sh("systemctl unmask hostapd; systemctl start hostapd")

    def join(self, name: str, *, knows_it: bool = True) -> None:
        """A device joins, once it is let in; or tries with another passphrase."""
        network = f'network={{\nssid="Hall"\npsk="{_PASSPHRASE if knows_it else _WRONG}"\n}}\n'
        self._machine.put(f"/run/{name}.conf", f"ctrl_interface=/run/wpa\n{network}", mode="600")
        self._machine.sh(f"wpa_supplicant -B -i {name} -c /run/{name}.conf -P /run/{name}.pid >/dev/null")
        if knows_it:
            self._machine.sh(
                f"until wpa_cli -p /run/wpa -i {name} status | grep -q wpa_state=COMPLETED; do sleep 1; done"
            )

    def leave(self, name: str) -> None:
        self._machine.sh(f"kill $(cat /run/{name}.pid); while [ -e /run/{name}.pid ]; do sleep 0.2; done")
