#!/usr/bin/env bash
# Installs Pilotwire on Raspberry Pi OS or Debian (12 and 13; 64 and 32 bit, but for ARMv6), or brings it up to date.
# Run it from a built copy of Pilotwire, as root: sudo deploy/install.sh --dry-run says what it would do.
# docs/guides/install-on-a-pi.md goes through it step by step.
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
	mv "$file.new" "$file"
}
# Whether a systemd runs there; in a tree, or while an image is made, none does. (The tests play one.)
is_live() { { [ -z "$root" ] && [ -d /run/systemd/system ]; } || [ "${PILOTWIRE_LIVE:-}" = yes ]; }
ctl() { if is_live; then run systemctl "$@"; fi; }
# What only places links, with or without a systemd that runs.
ctl_links() { if [ -n "$root" ]; then run systemctl --root "$root" "$@"; else run systemctl "$@"; fi; }

# ---- what there must be ----

check_machine() {
	local machine id=''
	machine=${PILOTWIRE_MACHINE:-$(uname -m)}
	case $machine in
	armv6*) fail "This machine is an $machine (Pi 1 or Pi Zero): not supported, there is no current Node for it. A Pi Zero 2 W, 2, 3, 4 or 5 is." ;;
	esac
	if [ -r "$root/etc/os-release" ]; then
		# shellcheck source=/dev/null
		id=$(. "$root/etc/os-release" && printf '%s %s %s' "$ID" "${ID_LIKE:-}" "${VERSION_ID:-}")
	fi
	case $id in
	*debian*1[2-9]* | *raspbian*1[2-9]*) ;;
	*debian*) say "note: made for Debian 12 and 13; this one says: $id" ;;
	*) fail "Expected Raspberry Pi OS or Debian, got ${id:-a system without /etc/os-release}. On others: docker compose, see docker-compose.yml." ;;
	esac
	if ! $dry && [ -z "$root" ] && [ "$(id -u)" -ne 0 ]; then fail 'Type: sudo deploy/install.sh'; fi
	[ -f "$here/packages/cli/dist/main.js" ] || fail "This copy is not built yet. Type: npm install (in $here), then this again."
}

# Whether version $1 is at least 20.19.
is_new_enough() {
	local version=${1#*:}
	version=${version#v}
	local major=${version%%.*} rest=${version#*.}
	local minor=${rest%%.*}
	[ "$major" -gt 20 ] 2>/dev/null || { [ "$major" -eq 20 ] 2>/dev/null && [ "$minor" -ge 19 ] 2>/dev/null; }
}

install_packages() {
	local missing='' package candidate
	if [ -n "$root" ]; then
		say 'note: packages of another tree are its own affair: nodejs (20.19 or later), i2c-tools, gpiod'
		return 0
	fi
	if ! is_new_enough "$(node --version 2>/dev/null || printf 0.0)"; then
		candidate=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: *//p')
		is_new_enough "${candidate:-0.0}" || fail "Pilotwire needs Node 20.19 or later, and this system offers ${candidate:-none}. docs/guides/install-on-a-pi.md, \"Node\", says where to get it; then type this again."
		missing=' nodejs'
	fi
	for package in i2c-tools gpiod; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	say "packages:$missing"
	# Each name is a word of its own.
	# shellcheck disable=SC2086
	run apt-get install -y --no-install-recommends $missing
}

in_root() { if [ -n "$root" ]; then run "$1" --root "$root" "${@:2}"; else run "$@"; fi; }
has() { grep -q "^$2:" "$root/etc/$1" 2>/dev/null; }

make_user() {
	local group
	for group in $groups; do has group "$group" || in_root groupadd --system "$group"; done
	has group pilotwire || in_root groupadd --system pilotwire
	has passwd pilotwire || in_root useradd --system --gid pilotwire --home-dir /var/lib/pilotwire --no-create-home \
		--shell /usr/sbin/nologin pilotwire
	in_root usermod --append --groups "${groups// /,}" pilotwire
}

# ---- the program ----

# A copy of its own for each version: the one before stays, to go back to.
install_program() {
	local version release
	version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$here/packages/cli/package.json")
	release=$opt/releases/$version-$(date +%Y%m%d%H%M%S)-$$
	former=''
	if [ -L "$opt/current" ]; then former=$(readlink "$opt/current"); fi
	say "program: version $version to $release"
	if $dry; then return 0; fi
	mkdir -p "$release"
	tar -C "$here" --exclude=./.git --exclude='./test/[!p]*' --exclude='./bench/[!p]*' --exclude=./screenshots \
		--exclude=./.pilotwire --exclude=./node_modules/.cache -cf - . | tar -C "$release" -xf - --no-same-owner
	chmod -R go-w "$release"
	# What only builds and tests need is more than half of it.
	(cd "$release" && npm prune --omit=dev --ignore-scripts --offline --no-audit --no-fund >/dev/null 2>&1) ||
		say 'note: the tools that built it stay beside it'
	save_before_upgrade "$release"
	use_release "releases/$(basename "$release")"
	mkdir -p "$(dirname "$command")"
	ln -sfn /opt/pilotwire/current/packages/cli/bin/pilotwire.js "$command"
}

# The new version may change the form of what is kept, which the one before doesn't read.
saved=''
save_before_upgrade() {
	if [ -z "$former" ] || ! is_live || ! $start; then return 0; fi
	saved=/var/backups/pilotwire/before-upgrade.tar.gz
	say "backup: $saved"
	local program
	# By the version that runs, or by the new one where that is broken.
	for program in "${PILOTWIRE_COMMAND:-$command}" "$1/packages/cli/bin/pilotwire.js"; do
		if runuser -u pilotwire -- "$program" backup "$saved" --config /etc/pilotwire/house.yaml; then return 0; fi
	done
	fail 'Nothing was changed: what there is can not be saved first. df -h shows the room; pilotwire doctor what is wrong.'
}

use_release() {
	ln -sfn "$1" "$opt/current.new"
	mv -T "$opt/current.new" "$opt/current"
}

# All but the one that runs and the one before it.
forget_old_releases() {
	local release
	for release in "$opt"/releases/*; do
		case ${release#"$opt/"} in "$(readlink "$opt/current")" | "$former") continue ;; esac
		rm -rf "$release"
	done
}

install_files() {
	run mkdir -p "$etc" "$data" "$backups"
	if [ ! -f "$etc/house.yaml" ]; then
		put "$etc/house.yaml" 640 "$(cat "$here/deploy/house.yaml")"
		run chown pilotwire:pilotwire "$etc/house.yaml"
	fi
	# Pages change the file, by putting another in its place.
	run chown root:pilotwire "$etc"
	run chmod 770 "$etc"
	run chown pilotwire:pilotwire "$data" "$backups"
	run chmod 700 "$data" "$backups"
}

# ---- the machine ----

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
keep() { if [ -f "$1" ] && [ ! -f "$1.before-pilotwire" ]; then run cp -p "$1" "$1.before-pilotwire"; fi; }
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
	esac
	grep -qs '^LANG=.*UTF-8' "$root/etc/default/locale" "$root/etc/locale.conf" ||
		say 'note: no UTF-8 locale is set: sudo raspi-config, Localisation, or: sudo dpkg-reconfigure locales'
	if is_live && ! $dry && [ "$(timedatectl show --property=NTP --value 2>/dev/null)" = no ]; then
		say 'note: the clock is not set from the network: sudo timedatectl set-ntp true'
	fi
}

# ---- the services ----

install_units() {
	local unit
	local source
	for source in "$here"/deploy/systemd/*; do
		unit=$(basename "$source")
		put "$systemd/$unit" 644 "$(cat "$source")"
	done
	ctl daemon-reload
	local name list=''
	for name in $units; do list="$list pilotwire-$name.service"; done
	# Each name is a word of its own.
	# shellcheck disable=SC2086
	ctl_links enable $list pilotwire.target pilotwire-backup.timer
}

# Whether all services run, and still do a moment later; they get 90 s.
comes_up() {
	local left=${PILOTWIRE_COMES_UP_S:-90} name settled=false
	while [ "$left" -gt 0 ]; do
		local all=true
		for name in $units; do systemctl is-active --quiet "pilotwire-$name.service" || all=false; done
		if $all; then
			if $settled; then return 0; fi
			settled=true
			sleep "${PILOTWIRE_SETTLES_S:-5}"
			continue
		fi
		settled=false
		sleep 1
		left=$((left - 1))
	done
	return 1
}

# Nobody waits for a service here that may never say that it is ready: comes_up looks at all of them.
start_units() {
	local name
	run systemctl start --no-block pilotwire.target
	for name in $units; do run systemctl start --no-block "pilotwire-$name.service"; done
}

stop_units() {
	local name
	for name in $units; do run systemctl stop "pilotwire-$name.service" || true; done
}

start_services() {
	if ! is_live || ! $start; then return 0; fi
	stop_units
	start_units
	run systemctl start pilotwire-backup.timer
	if $dry; then return 0; fi
	if comes_up; then return 0; fi
	if [ -z "$former" ]; then
		fail 'Not all services run yet. Type: sudo -u pilotwire pilotwire doctor --config /etc/pilotwire/house.yaml'
	fi
	say "The new version does not come up: back to $former"
	stop_units
	use_release "$former"
	"${PILOTWIRE_COMMAND:-$command}" restore "$saved" || say 'note: its data could not be put back; it starts with what there is'
	start_units
	comes_up || fail "The version from before doesn't come up either: journalctl -u 'pilotwire*' --since '-5 min'"
	fail "The version from before runs again. What the new one said: journalctl -u 'pilotwire*' --since '-10 min'"
}

tell_account() {
	local file=$data/secrets/first-account
	if [ -f "$file" ]; then
		say 'The first account, until its password is changed:'
		sed 's/^/  /' "$file"
	elif ! $dry; then
		say 'The first account comes with the first start: sudo cat /var/lib/pilotwire/secrets/first-account'
	fi
}

install() {
	check_machine
	install_packages
	make_user
	install_program
	install_files
	prepare_boot
	check_settings
	install_units
	if $needs_reboot; then
		say 'The serial port and I2C change with the next start of the machine: sudo reboot. Pilotwire starts with it.'
	else
		start_services
	fi
	if ! $dry; then forget_old_releases; fi
	tell_account
}

remove() {
	local name unit
	if ! $dry && [ -z "$root" ] && [ "$(id -u)" -ne 0 ]; then fail 'Type: sudo deploy/install.sh --uninstall'; fi
	ctl stop pilotwire.target pilotwire-backup.timer
	for name in $units; do
		ctl stop "pilotwire-$name.service"
		run rm -f "$systemd/pilotwire.target.wants/pilotwire-$name.service"
	done
	for unit in "$here"/deploy/systemd/*; do run rm -f "$systemd/$(basename "$unit")"; done
	run rm -f "$systemd/multi-user.target.wants/pilotwire.target" "$systemd/timers.target.wants/pilotwire-backup.timer"
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
