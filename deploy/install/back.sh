#!/usr/bin/env bash
# Back to the version from before an upgrade that isn't over, with the files that were kept for it; the services are
# stopped. It lies in /opt/pilotwire/upgrade as long as that is so. Cut off anywhere, it is done again from the beginning:
# by pilotwire-upgrade.service where it was the power. $1: a tree below this folder, instead of this machine.
set -euo pipefail
root=${1:-}
opt=$root/opt/pilotwire
upgrade=$opt/upgrade
kept=$root/var/lib/pilotwire/.before-upgrade
former=$(cat "$upgrade/former")
at=$(cat "$upgrade/at")

as_pilotwire() { runuser -u pilotwire -- "$@"; }

while IFS= read -r path; do
	if [ ! -f "$kept$path" ]; then continue; fi
	# What the new version left beside it belongs to the new file.
	as_pilotwire rm -f "$root$path-wal" "$root$path-shm" "$root$path-journal"
	# The file itself last: as long as it lies there, all of this is done again.
	for file in "$path-wal" "$path-journal" "$path"; do
		if [ -f "$kept$file" ]; then as_pilotwire mv -f "$kept$file" "$root$file"; fi
	done
	case $path in
	*.db) printf '%s is as it was at %s; what was written to it since is lost.\n' "$path" "$at" ;;
	esac
done <"$upgrade/files"

ln -sfn "$former" "$opt/current.new"
mv -T "$opt/current.new" "$opt/current"
for unit in "$opt/$former"/deploy/systemd/*; do
	cp "$unit" "$root/etc/systemd/system/"
done
systemctl daemon-reload || :
sync
rm -rf "$upgrade.over"
mv -T "$upgrade" "$upgrade.over"
rm -rf "$upgrade.over" "$kept"
