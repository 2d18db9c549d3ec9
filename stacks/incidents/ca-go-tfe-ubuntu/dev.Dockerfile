# The bundle of certificate authorities is there.
FROM incidents.test/app:1
