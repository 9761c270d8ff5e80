# shellcheck shell=bash
# What there must be: the machine, packages, the user. Part of install.sh.

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
	local wanted='' package candidate
	if [ -n "$root" ]; then
		say 'note: packages of another tree are its own affair: nodejs (20.19 or later), i2c-tools, gpiod'
		return 0
	fi
	if ! is_new_enough "$(node --version 2>/dev/null || printf 0.0)"; then
		candidate=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: *//p')
		is_new_enough "${candidate:-0.0}" || fail "Pilotwire needs Node 20.19 or later, and this system offers ${candidate:-none}. docs/guides/install-on-a-pi.md, \"Node\", says where to get it; then type this again."
		wanted=' nodejs'
	fi
	for package in i2c-tools gpiod; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || wanted="$wanted $package"
	done
	[ -n "$wanted" ] || return 0
	# Each name is a word of its own.
	# shellcheck disable=SC2086
	get_packages $wanted ||
		fail "Nothing was changed: these packages are needed, and apt-get does not get them:$wanted. What it says of it stands above."
}

# The lists of packages of a new card are empty, and those of an old one name what is gone. On a card's first day the system
# itself may be installing: it is waited for.
get_packages() {
	local install=(apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@")
	say "packages: $*"
	run "${install[@]}" || { run apt-get -o DPkg::Lock::Timeout=300 update && run "${install[@]}"; }
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
