# One image for every workload: `docker run kaiseki ingest`, `… counter`, `… daily --date 2026-11-20`, `… migrate`.
ARG NODE=node:26-slim

# The pages: built here, so that nothing of their tools is in the image.
FROM ${NODE} AS pages
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts: what they fetch (a Node of their own) is not needed where there is one.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY platform platform
COPY workloads workloads
RUN node node_modules/vite/bin/vite.js build --config workloads/web/vite.config.ts --logLevel warn

FROM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# What no program reads, types and maps and a second build of the same pages, stays behind.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && find node_modules -type f \( -name '*.map' -o -name '*.md' -o -name '*.ts' -o -name '*.cts' -o -name '*.mts' -o -name 'swagger-ui-es-*' \) -delete

# Node alone: what installs packages has no business where none are installed. It stands in a layer of its own, shared by every version.
FROM ${NODE} AS node
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /usr/local/share /opt/yarn* /home/node/.npm \
 && find /usr/local/bin -type l -delete
FROM scratch AS runtime
COPY --from=node / /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

FROM runtime
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY cql cql
COPY platform platform
COPY workloads workloads
COPY --from=pages /app/workloads/web/dist workloads/web/dist
# The data of `kaiseki all` is in /data, which a new volume there takes over with its owner.
RUN ln -s /app/workloads/main.ts /usr/local/bin/kaiseki && chmod 755 workloads/main.ts \
 && mkdir /data && chown 1000:1000 /data
ENV KAISEKI_DATA_DIR=/data
USER 1000:1000
EXPOSE 8080
ENTRYPOINT ["kaiseki"]
CMD ["--help"]
