SELECT IFNULL(TIME_FORMAT(CONVERT_TZ('2026-07-01 12:00', 'UTC', 'Europe/Budapest'), '%H:%i'), 'none');
