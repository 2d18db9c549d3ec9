"""What is asked of PostgreSQL, from version 10 on: statements over its catalogs, each bounded.

Columns that only newer versions have are read through `to_jsonb`, so that one text serves all.
Source: PostgreSQL documentation, System Catalogs, and pg_settings.
"""

from parity.probes.database.contract import Question

_TABLES = """
  select c.oid, c.relkind, c.relname, n.nspname, c.relpersistence, c.relrowsecurity,
         n.nspname || '.' || c.relname as called
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and not exists (select 1 from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
"""
_REFERRED = 100
_SMALL = 4 << 20
MOST_ROWS = 1000

# Every name in it is looked up in the catalog alone, whatever the application's search path puts before.
_SESSION = """
select pg_catalog.current_setting('server_version'), current_user::pg_catalog.text,
       pg_catalog.pg_backend_pid(), pg_catalog.host(pg_catalog.inet_server_addr()),
       pg_catalog.pg_is_in_recovery(), current_schema::pg_catalog.text
"""
# What parity itself sets for the time that it asks is told as it was before.
_SETTINGS = """
select name, case when name in ('statement_timeout', 'lock_timeout', 'search_path',
                                'default_transaction_read_only')
                  then reset_val else setting end
from pg_catalog.pg_settings
"""
_ROLE = """
select rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolconnlimit
from pg_catalog.pg_roles where rolname = current_user
"""
_ROLE_SETTINGS = """
select coalesce(r.rolname::text, '*'), coalesce(d.datname::text, '*'), pg_catalog.unnest(s.setconfig)
from pg_catalog.pg_db_role_setting s
  left join pg_catalog.pg_roles r on r.oid = s.setrole
  left join pg_catalog.pg_database d on d.oid = s.setdatabase
where s.setdatabase = 0 or d.datname = current_database()
"""
_COLLATION = """
select d.j ->> 'datcollate', d.j ->> 'datctype', d.j ->> 'datlocprovider',
       coalesce(d.j ->> 'datlocale', d.j ->> 'daticulocale'), d.j ->> 'datcollversion',
       pg_catalog.pg_encoding_to_char((d.j ->> 'encoding')::int)
from (select to_jsonb(x) as j from pg_catalog.pg_database x where datname = current_database()) d
"""
_SORT = """
select string_agg(x, ' ' order by x)
from unnest(array['a', 'B', 'c', 'A', 'b', 'C', U&'\\00e9', 'z']) x
"""
_EXTENSIONS = "select extname, extversion from pg_catalog.pg_extension"
_TABLE_KINDS = (
    f"select called, relkind::text, relpersistence::text, relrowsecurity from ({_TABLES}) t"
)
_SCHEMA = f"""
select t.called, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid), to_jsonb(a) ->> 'attidentity',
       to_jsonb(a) ->> 'attgenerated',
       case when a.attcollation <> y.typcollation then o.collname::text end
from ({_TABLES}) t
  join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type y on y.oid = a.atttypid
  left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_catalog.pg_collation o on o.oid = a.attcollation
"""
_INDEXES = f"""
select t.called, i.relname, pg_catalog.pg_get_indexdef(x.indexrelid), x.indisvalid
from ({_TABLES}) t join pg_catalog.pg_index x on x.indrelid = t.oid
  join pg_catalog.pg_class i on i.oid = x.indexrelid
where not exists (select 1 from pg_catalog.pg_constraint k
  where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
"""
_CONSTRAINTS = f"""
select t.called, k.conname, pg_catalog.pg_get_constraintdef(k.oid)
from ({_TABLES}) t join pg_catalog.pg_constraint k on k.conrelid = t.oid
where k.contype in ('p', 'u', 'f', 'c', 'x')
"""
_RIGHTS = f"""
select t.called, has_table_privilege(t.oid, 'select'), has_table_privilege(t.oid, 'insert'),
       has_table_privilege(t.oid, 'update'), has_table_privilege(t.oid, 'delete'),
       has_table_privilege(t.oid, 'truncate')
from ({_TABLES}) t
"""
_SCHEMA_RIGHTS = """
select nspname, has_schema_privilege(oid, 'create'), has_schema_privilege(oid, 'usage')
from pg_catalog.pg_namespace
where nspname !~ '^pg_' and nspname <> 'information_schema'
"""
_REFERRED_TO = f"""
select distinct t.called, t.nspname, t.relname
from ({_TABLES}) t join pg_catalog.pg_constraint k on k.confrelid = t.oid
where k.contype = 'f' and k.conrelid <> t.oid and t.relkind in ('r', 'p')
  and has_table_privilege(t.oid, 'select') and pg_catalog.pg_relation_size(t.oid) < {_SMALL}
"""

COLLATION_VERSION = Question(
    "collation-version",
    """
select pg_catalog.pg_database_collation_actual_version(oid)
from pg_catalog.pg_database where datname = current_database()
""",
    1,
)
QUESTIONS: tuple[Question, ...] = (
    Question("?read-only", "set transaction read only"),
    Question("?statements", "set local statement_timeout = 5000"),
    Question("?locks", "set local lock_timeout = 1000"),
    Question("session", _SESSION, 1),
    # A function or an operator that somebody put into the application's schema must not be run by this.
    Question("?search-path", "set local search_path = pg_catalog"),
    Question("settings", _SETTINGS, 1500),
    Question("role", _ROLE, 1),
    Question("role-settings", _ROLE_SETTINGS, 1000),
    Question("collation", _COLLATION, 1),
    Question("collation-sort", _SORT, 1),
    Question("extensions", _EXTENSIONS, 500),
    Question("tables", _TABLE_KINDS, 1000),
    Question("schema", _SCHEMA, 5000),
    Question("indexes", _INDEXES, 3000),
    Question("constraints", _CONSTRAINTS, 3000),
    Question("rights", _RIGHTS, 1000),
    Question("schema-rights", _SCHEMA_RIGHTS, 200),
    Question("rows referred-to", _REFERRED_TO, _REFERRED),
)
"""All but what depends on the tables that there are. The asker adds the limit of rows."""
