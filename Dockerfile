# The server as an image: built in one stage, run in another that has only what it needs.
# docker build -t kcloud-monitor --build-arg BUILD_COMMIT="$(git rev-parse HEAD)" .
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY scripts/with-dependencies.mjs scripts/build-kernel.mjs scripts/build-dashboard.mjs scripts/
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY wasm wasm
COPY src src
COPY web web
RUN npm run build && npm prune --omit=dev --ignore-scripts
# What nobody reads at run time is half of what the packages weigh: types, maps, and weights of the font without use.
RUN find node_modules -type f \( -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' -o -name '*.map' \) -delete \
    && find node_modules/@expo-google-fonts -type f -name '*.ttf' ! -path '*/400Regular/*' ! -path '*/700Bold/*' -delete

FROM ${NODE_IMAGE}
ARG BUILD_COMMIT=
ARG BUILD_DATE=
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8001 \
    STATE_PATH=/data/state.db EXPORT_SPOOL_PATH=/data/exports COLLECTOR_PATH=/data/collector \
    BUILD_COMMIT=${BUILD_COMMIT} BUILD_DATE=${BUILD_DATE}
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY rates rates
# The state is the only thing that is written: the root file system can be read-only.
RUN mkdir /data && chown 10001:10001 /data
VOLUME /data
USER 10001:10001
EXPOSE 8001
# Alive, not ready: an orchestrator asks /api/v1/system/readyz for that.
HEALTHCHECK --interval=15s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "require('node:http').get(`http://127.0.0.1:${process.env.PORT}/api/v1/system/livez`, (reply) => process.exit(reply.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# Answers of large clusters are many small objects that live for one request: a small nursery copies them over and over.
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=64"]
CMD ["dist/main.js"]
