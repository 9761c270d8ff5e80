# shellcheck shell=bash
# The units, and whether they come up. Part of install.sh.

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
	ctl_links enable $list pilotwire.target pilotwire-backup.timer pilotwire-upgrade.service
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
	run systemctl start --no-block pilotwire-backup.timer
}

stop_units() {
	local name
	run systemctl stop pilotwire-backup.timer pilotwire-backup.service || true
	for name in $units; do run systemctl stop "pilotwire-$name.service" || true; done
}

start_services() {
	if ! is_live || ! $start; then return 0; fi
	stop_units
	start_units
	if $dry || comes_up; then return 0; fi
	fail 'Not all services run yet. Type: sudo -u pilotwire pilotwire doctor --config /etc/pilotwire/house.yaml'
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
