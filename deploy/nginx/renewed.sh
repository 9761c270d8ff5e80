#!/bin/sh
# certbot runs this for each certificate that it has renewed.
#
# Goes to /etc/letsencrypt/renewal-hooks/deploy/pilotwire (executable), with your name in the place of home.example.org.
set -eu

case " $RENEWED_DOMAINS " in
*' home.example.org '*) ;;
*) exit 0 ;;
esac

# TLS ports of Pilotwire itself (broker.tls, deviceGateway.tls): it may not read /etc/letsencrypt, and takes up what lies here
# within a minute. Where there is no such folder there are none.
own=${PILOTWIRE_TLS:-/etc/pilotwire/tls}
if [ -d "$own" ]; then
	for file in privkey.pem fullchain.pem; do
		install -g "${PILOTWIRE_GROUP:-pilotwire}" -m 640 "$RENEWED_LINEAGE/$file" "$own/$file.new"
	done
	for file in privkey.pem fullchain.pem; do mv "$own/$file.new" "$own/$file"; done
fi

# Who connects from now on is shown the new one; who is connected notices nothing.
nginx -t -q
nginx -s reload
