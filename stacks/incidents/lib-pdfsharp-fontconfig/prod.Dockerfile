# The image of production has none.
FROM incidents.test/app:1
