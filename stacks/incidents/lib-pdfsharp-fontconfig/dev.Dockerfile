# The image of development has fonts, and the library that finds them.
FROM incidents.test/app:1
USER root
RUN apt-get update && apt-get install -y --no-install-recommends fontconfig fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001
