# shellcheck shell=bash
# Serial port, I2C and watchdog of a Raspberry Pi; locale, zone and clock of any machine. Part of install.sh.

boot_folder() {
	local folder
	for folder in "$root/boot/firmware" "$root/boot"; do
		if [ -f "$folder/config.txt" ]; then
			printf '%s' "$folder"
			return 0
		fi
	done
}

model() { { tr -d '\0' <"${PILOTWIRE_MODEL_FILE:-/proc/device-tree/model}"; } 2>/dev/null || true; }

# The PL011, which keeps to 7E1; the small UART of Bluetooth's models doesn't.
uart_line() {
	case $(model) in
	*'Pi 5'* | *'Compute Module 5'*) say 'dtparam=uart0=on' ;;
	*) say 'dtoverlay=disable-bt' ;;
	esac
}

without_block() { sed '/^# pilotwire: begin$/,/^# pilotwire: end$/d' "$1"; }

prepare_boot() {
	local folder
	folder=$(boot_folder)
	if [ -z "$folder" ]; then
		say 'note: no Raspberry Pi here (no config.txt): serial port and I2C are as this machine has them'
		return 0
	fi
	keep "$folder/config.txt"
	keep "$folder/cmdline.txt"
	change "$folder/config.txt" "$(
		without_block "$folder/config.txt"
		printf '%s\n' '# pilotwire: begin' '[all]' 'enable_uart=1' "$(uart_line)" 'dtparam=i2c_arm=on' 'dtparam=watchdog=on' '# pilotwire: end'
	)"
	if [ -f "$folder/cmdline.txt" ]; then
		# One line; without the console on the port, and with the accounting of memory that limits need.
		change "$folder/cmdline.txt" "$(
			sed -E -e "s/(^| )$CONSOLE//g" -e 's/^ +//' \
				-e '/cgroup_enable=memory/! s/$/ cgroup_enable=memory/' "$folder/cmdline.txt"
		)"
	fi
	ctl_links mask serial-getty@ttyAMA0.service serial-getty@serial0.service
	put "$root/etc/modules-load.d/pilotwire.conf" 644 i2c-dev
	put "$root/etc/systemd/system.conf.d/pilotwire-watchdog.conf" 644 "# The machine itself is started again where even systemd hangs.
[Manager]
RuntimeWatchdogSec=15"
}

# As it was before the first time.
keep() {
	local kept=$1.before-pilotwire
	if [ ! -f "$1" ] || [ -f "$kept" ]; then return 0; fi
	run cp -p "$1" "$kept.new"
	run put_in_place "$kept"
}
change() {
	local before
	before=$(cat "$1")
	if [ "$before" = "$2" ]; then return 0; fi
	put "$1" 755 "$2"
	needs_reboot=true
}

restore_boot() {
	local folder kept console
	folder=$(boot_folder)
	[ -n "$folder" ] || return 0
	change "$folder/config.txt" "$(without_block "$folder/config.txt")"
	kept=$folder/cmdline.txt.before-pilotwire
	if [ -f "$kept" ]; then
		console=$(grep -oE "$CONSOLE" "$kept" | head -n 1 || true)
		if [ -n "$console" ] && ! grep -qF "$console" "$folder/cmdline.txt"; then
			change "$folder/cmdline.txt" "$console $(cat "$folder/cmdline.txt")"
		fi
		if ! grep -q cgroup_enable=memory "$kept"; then
			change "$folder/cmdline.txt" "$(sed 's/ *cgroup_enable=memory//' "$folder/cmdline.txt")"
		fi
	fi
	run rm -f "$kept" "$folder/config.txt.before-pilotwire"
	run rm -f "$root/etc/modules-load.d/pilotwire.conf" "$root/etc/systemd/system.conf.d/pilotwire-watchdog.conf"
	ctl_links unmask serial-getty@ttyAMA0.service serial-getty@serial0.service
}

# Nothing is changed here: these are a person's to decide.
check_settings() {
	local zone
	zone=$(readlink "$root/etc/localtime" || true)
	zone=${zone##*/zoneinfo/}
	case ${zone:-UTC} in
	UTC | Etc/UTC) say 'note: the time zone is UTC. Programmes follow local time: sudo timedatectl set-timezone Europe/Paris' ;;
	Europe/London) say 'note: the time zone is Europe/London, as Raspberry Pi OS comes. Elsewhere: sudo timedatectl set-timezone Europe/Paris' ;;
	esac
	grep -qs '^LANG=.*UTF-8' "$root/etc/default/locale" "$root/etc/locale.conf" ||
		say 'note: no UTF-8 locale is set: sudo raspi-config, Localisation, or: sudo dpkg-reconfigure locales'
	if is_live && ! $dry && [ "$(timedatectl show --property=NTP --value 2>/dev/null)" = no ]; then
		say 'note: the clock is not set from the network: sudo timedatectl set-ntp true'
	fi
}
