# syntax=docker/dockerfile:1
# Jieyue: one image for ingest, api, agents, simulators and commands. Debian rather than Alpine: the native parts of libsql and
# DuckDB come ready made for glibc. 22 is a long-term release of Node.js that the package supports (20 to 24).
FROM node:22.23.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts, of which none is needed but `prepare`: that is the build below.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY core core
COPY edge-agent edge-agent
COPY ingest ingest
COPY api api
COPY dashboards dashboards
COPY simulators simulators
COPY standalone standalone
COPY bench bench
RUN npm run build && rm -rf dist/bench dist/core/testing dist/.tsbuildinfo && find dist -name '*.map' -delete

FROM node:22.23.2-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:22.23.2-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# Volumes take the owner of the folder that they are first laid over.
RUN mkdir -p /var/lib/jieyue /var/lib/jieyue-agent /var/lib/jieyue-demo \
      /broker/access /broker/data /tokens/ingest /tokens/api /tokens/grafana \
 && chown -R node:node /var/lib/jieyue /var/lib/jieyue-agent /var/lib/jieyue-demo /broker /tokens
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist dist
# Readable to the user below, whatever the umask under which the program was laid on the server.
COPY --chmod=644 package.json ./
USER node
ENTRYPOINT ["node", "dist/standalone/cli.js"]
CMD ["help"]
