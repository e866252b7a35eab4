"""Alembic's entry: runs on the connection that `kiosk.county.migrate` hands over, never opens one."""

from alembic import context

from kiosk.county.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
