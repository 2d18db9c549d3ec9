# Time zones are in the image.
FROM incidents.test/app:1
