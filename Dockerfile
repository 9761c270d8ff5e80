# One image for every service: amd64, arm64 and armv7.
FROM node:24-bookworm AS build
WORKDIR /pilotwire
COPY . .
# Native modules are built here, where there is a compiler; the image below has none.
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
WORKDIR /pilotwire
ENV NODE_ENV=production
COPY --from=build /pilotwire /pilotwire
RUN ln -s /pilotwire/packages/cli/bin/pilotwire.js /usr/local/bin/pilotwire \
	&& mkdir -p /var/lib/pilotwire && chown node:node /var/lib/pilotwire
USER node
VOLUME /var/lib/pilotwire
ENTRYPOINT ["pilotwire"]
CMD ["up", "--config", "/etc/pilotwire/house.yaml"]
