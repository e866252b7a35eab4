"""Alembic's entry: runs on the connection that `kiosk.store.migrate` hands over, never opens one."""

from alembic import context

from kiosk.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
