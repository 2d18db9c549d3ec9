ALTER ROLE app IN DATABASE app SET search_path = "$user", public, topology;
