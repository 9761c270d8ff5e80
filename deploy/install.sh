#!/usr/bin/env bash
# Installs Pilotwire on Raspberry Pi OS or Debian (12 and 13; 64 and 32 bit, but for ARMv6), or brings it up to date.
# Run it from a built copy of Pilotwire, as root: sudo deploy/install.sh --dry-run says what it would do.
# docs/guides/install-on-a-pi.md goes through it step by step.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

usage() {
	cat <<'TEXT'
usage: install.sh [--dry-run] [--no-start] [--root FOLDER]
       install.sh --uninstall [--purge] [--dry-run] [--root FOLDER]

  --dry-run      say what would be done, and do nothing
  --no-start     install, but start nothing
  --root FOLDER  into a tree below this folder, such as the image of a card, instead of this machine
  --uninstall    take it away again; configuration, data and backups stay
  --purge        with --uninstall: take those away too
TEXT
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=''
dry=false
start=true
uninstall=false
purge=false
while [ $# -gt 0 ]; do
	case $1 in
	--dry-run) dry=true ;;
	--no-start) start=false ;;
	--uninstall) uninstall=true ;;
	--purge) purge=true ;;
	--root)
		[ $# -gt 1 ] || { usage >&2; exit 64; }
		root=${2%/}
		shift
		;;
	-h | --help)
		usage
		exit 0
		;;
	*)
		usage >&2
		exit 64
		;;
	esac
	shift
done

units='broker meter-reader radiator-actuator load-shedder rest'
groups='dialout i2c gpio'
# A console of the kernel on the port of the meter.
CONSOLE='console=(serial0|ttyAMA[0-9]+|ttyS0)(,[^ ]*)?'
opt=$root/opt/pilotwire
etc=$root/etc/pilotwire
data=$root/var/lib/pilotwire
backups=$root/var/backups/pilotwire
systemd=$root/etc/systemd/system
command=$root/usr/local/bin/pilotwire
needs_reboot=false

say() { printf '%s\n' "$*"; }
fail() {
	printf '%s\n' "$*" >&2
	exit 1
}
# Does a thing, or says that it would.
run() {
	if $dry; then say "would run: $*"; else "$@"; fi
}
# Writes a text and its last line's end to a file, where that is not what stands there already; says so.
put() {
	local file=$1 mode=$2 text=$3
	if [ -f "$file" ] && [ "$(cat "$file")" = "$text" ]; then return 0; fi
	if $dry; then
		say "would write: $file"
		return 0
	fi
	say "writes $file"
	mkdir -p "$(dirname "$file")"
	printf '%s\n' "$text" >"$file.new"
	chmod "$mode" "$file.new"
	put_in_place "$file"
}
# A draft, FILE.new, becomes FILE. It is on the disk before: after a power cut there is the one or the other, whole. With an
# empty cmdline.txt a Pi would not start any more.
put_in_place() {
	sync "$1.new"
	mv "$1.new" "$1"
}
# Whether a systemd runs there; in a tree, or while an image is made, none does. (The tests play one.)
is_live() { { [ -z "$root" ] && [ -d /run/systemd/system ]; } || [ "${PILOTWIRE_LIVE:-}" = yes ]; }
ctl() { if is_live; then run systemctl "$@"; fi; }
# What only places links, with or without a systemd that runs.
ctl_links() { if [ -n "$root" ]; then run systemctl --root "$root" "$@"; else run systemctl "$@"; fi; }

# shellcheck source=install/system.sh
. "$here/deploy/install/system.sh"
# shellcheck source=install/program.sh
. "$here/deploy/install/program.sh"
# shellcheck source=install/raspberry-pi.sh
. "$here/deploy/install/raspberry-pi.sh"
# shellcheck source=install/services.sh
. "$here/deploy/install/services.sh"
# shellcheck source=install/upgrade.sh
. "$here/deploy/install/upgrade.sh"

install() {
	check_machine
	end_former_upgrade
	install_packages
	make_user
	install_program
	install_files
	prepare_boot
	check_settings
	if [ -n "$former" ] && is_live && $start; then
		upgrade_services
	else
		if ! $dry; then use_release "releases/$(basename "$release")"; fi
		install_units
		if ! $needs_reboot; then start_services; fi
	fi
	if $needs_reboot; then
		say 'The serial port and I2C change with the next start of the machine: sudo reboot. Pilotwire starts with it.'
	fi
	if ! $dry; then forget_old_releases; fi
	tell_account
}

remove() {
	local name unit
	if ! $dry && [ -z "$root" ] && [ "$(id -u)" -ne 0 ]; then fail 'Type: sudo deploy/install.sh --uninstall'; fi
	# Done twice there is nothing left to stop.
	ctl stop pilotwire.target pilotwire-backup.timer || true
	for name in $units; do
		ctl stop "pilotwire-$name.service" || true
		run rm -f "$systemd/pilotwire.target.wants/pilotwire-$name.service"
	done
	for unit in "$here"/deploy/systemd/*; do run rm -f "$systemd/$(basename "$unit")"; done
	run rm -f "$systemd/multi-user.target.wants/pilotwire.target" "$systemd/timers.target.wants/pilotwire-backup.timer"
	run rm -f "$systemd/multi-user.target.wants/pilotwire-upgrade.service"
	run rm -rf "$systemd/pilotwire.target.wants"
	ctl daemon-reload
	restore_boot
	run rm -rf "$opt" "$command"
	if $purge; then
		run rm -rf "$etc" "$data" "$backups"
		if has passwd pilotwire; then in_root userdel pilotwire; fi
	else
		say 'Configuration, data and backups stay: /etc/pilotwire, /var/lib/pilotwire, /var/backups/pilotwire'
	fi
	if $needs_reboot; then say 'The serial port changes back with the next start of the machine: sudo reboot'; fi
}

if $uninstall; then remove; else install; fi
