# shellcheck shell=bash
# From one version to the next, and back by itself where the next doesn't come up. Part of install.sh.

# There as long as an upgrade isn't over: what to go back to, and how. Only root writes it.
upgrade=$opt/upgrade
# Copies of what the version before could not read any more; the house's own.
kept=$data/.before-upgrade

as_pilotwire() { runuser -u pilotwire -- "$@"; }

upgrade_services() {
	if $dry; then
		say "would keep what this version changes the form of, start it, and go back to $former where it does not come up"
		install_units
		return 0
	fi
	local list
	list=$(files_to_keep)
	check_room "$list"
	# Whatever ends this before it is over: a new version that is broken, Ctrl-C, a line that drops.
	trap go_back EXIT
	trap 'exit 1' HUP INT TERM
	trap '' PIPE
	keep_files "$list"
	use_release "releases/$(basename "$release")"
	install_units
	start_units
	if ! comes_up; then exit 1; fi
	trap - EXIT HUP INT TERM PIPE
	rm -rf "$upgrade.over"
	mv -T "$upgrade" "$upgrade.over"
	# Or a power cut could bring back the one without the other.
	sync
	rm -rf "$upgrade.over" "$kept"
}

# The new version knows what it changes; it is asked while the one before still runs.
files_to_keep() {
	as_pilotwire "$release/packages/cli/bin/pilotwire.js" upgrade-files --config /etc/pilotwire/house.yaml || {
		rm -rf "$release"
		fail 'Nothing was changed: the new version can not run with this house. What it says of it stands above.'
	}
}

# A change of form takes as much again, for a while, as what is changed.
check_room() {
	local path bytes=0 room
	while IFS= read -r path; do
		if [ -f "$root$path" ]; then bytes=$((bytes + 2 * $(stat -c %s "$root$path"))); fi
	done <<<"$1"
	room=$(($(stat -f -c '%a * %S' "$data")))
	if [ "$bytes" -gt "$room" ]; then
		rm -rf "$release"
		fail "Nothing was changed: to change the form of what is kept, and to go back, takes $(in_mb "$bytes") MB; $(in_mb "$room") MB are free at /var/lib/pilotwire. df -h shows what is full."
	fi
}
in_mb() { printf '%d' "$((($1 + 999999) / 1000000))"; }

keep_files() {
	local path
	rm -rf "$kept" "$kept.new" "$upgrade.new"
	as_pilotwire mkdir -m 700 "$kept.new"
	run systemctl stop pilotwire-backup.timer pilotwire-backup.service || true
	run systemctl stop pilotwire-rest.service || true
	# The history may be gigabytes, and is the rest's alone: meanwhile load is shed.
	while IFS= read -r path; do
		case $path in
		*/accounts.db | */broker.db) ;;
		*.db) keep_file "$path" ;;
		esac
	done <<<"$1"
	stop_units
	mkdir "$upgrade.new"
	while IFS= read -r path; do
		if [ ! -e "$kept.new$path" ]; then keep_file "$path"; fi
	done <<<"$1"
	printf '%s\n' "$former" >"$upgrade.new/former"
	date '+%F %H:%M' >"$upgrade.new/at"
	printf '%s\n' "$1" >"$upgrade.new/files"
	cp "$here/deploy/install/back.sh" "$upgrade.new/back"
	mv -T "$kept.new" "$kept"
	# From here on there is a way back, and before it nothing was changed: after a power cut too.
	sync
	mv -T "$upgrade.new" "$upgrade"
	sync
}

# A database with what a service that was killed left beside it.
keep_file() {
	local file
	as_pilotwire mkdir -p "$kept.new$(dirname "$1")"
	for file in "$1" "$1-wal" "$1-journal"; do
		if [ -f "$root$file" ]; then as_pilotwire cp -a --reflink=auto "$root$file" "$kept.new$file"; fi
	done
}

go_back() {
	# Nothing ends this; nobody may be there any more to read what it says.
	trap - EXIT
	trap '' HUP INT TERM
	set +e
	if [ ! -d "$upgrade" ]; then
		start_units
		rm -rf "$kept" "$kept.new" "$upgrade.new" "$release"
		fail 'Nothing was changed: it ended before the new version was started. df -h shows whether there was no room.'
	fi
	say "The new version is not up: back to $former"
	stop_units
	# What it can't do now is done at the next start of the machine.
	if bash "$upgrade/back" "$root"; then rm -rf "$release"; fi
	start_units
	comes_up || fail "The version from before doesn't come up either: journalctl -u 'pilotwire*' --since '-5 min'"
	fail "The version from before runs again. What the new one said: journalctl -u 'pilotwire*' --since '-10 min'"
}

# One that even this was kept from: by a power cut, or kill -9.
end_former_upgrade() {
	if [ ! -d "$upgrade" ]; then return 0; fi
	say "An upgrade was cut off: back to $(cat "$upgrade/former") first"
	if $dry; then return 0; fi
	if is_live; then stop_units; fi
	bash "$upgrade/back" "$root"
	if is_live && $start; then start_units; fi
}
