# One image for every service, on amd64, arm64 and armv7:
#
#   docker buildx build --platform linux/amd64,linux/arm64,linux/arm/v7 -t pilotwire .
#
# Node 22, since there are no images of 24 for 32 bit.
ARG NODE=22-bookworm

# What is the same everywhere is built once, on the machine that builds: JavaScript, and the dashboard.
FROM --platform=$BUILDPLATFORM node:${NODE} AS build
WORKDIR /pilotwire
COPY . .
RUN npm install --ignore-scripts && npm run build
RUN mkdir /manifests /built \
	&& cp --parents package.json package-lock.json .npmrc broker/package.json packages/*/package.json bench/package.json test/package.json /manifests \
	&& cp -r --parents broker/dist packages/*/dist packages/cli/bin deploy/docker LICENSE /built

# What differs: dependencies, for the machine that runs them. Two that have no build of their own everywhere are compiled here,
# against the headers of Node that lie in its image.
FROM node:${NODE} AS modules
WORKDIR /pilotwire
COPY --from=build /manifests ./
RUN npm install --omit=dev --ignore-scripts --workspace @pilotwire/cli \
	&& npm_config_nodedir=/usr/local npm rebuild i2c-bus @serialport/bindings-cpp

FROM node:${NODE}-slim
# gpiod: relays on pins.
RUN apt-get update \
	&& apt-get install -y --no-install-recommends gpiod \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /pilotwire
ENV NODE_ENV=production
COPY --from=modules /pilotwire ./
COPY --from=build /built ./
RUN ln -s /pilotwire/packages/cli/bin/pilotwire.js /usr/local/bin/pilotwire \
	&& ln -s /pilotwire/deploy/docker/systemd-notify /usr/local/bin/systemd-notify \
	&& mkdir -p /var/lib/pilotwire && chown node:node /var/lib/pilotwire
USER node
VOLUME /var/lib/pilotwire
ENTRYPOINT ["pilotwire"]
CMD ["up", "--config", "/etc/pilotwire/house.yaml"]
