CREATE SCHEMA topology;
CREATE TABLE topology.layer (topology_id integer, layer_id integer);
GRANT USAGE ON SCHEMA topology TO app;
GRANT CREATE ON SCHEMA public TO app;
