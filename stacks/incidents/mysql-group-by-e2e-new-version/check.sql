SELECT name, town FROM (SELECT 'ada' AS name, 'Kiel' AS town) AS people GROUP BY name;
