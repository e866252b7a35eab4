"""Property tests find mistakes, not slow minutes: a busy machine never fails one."""

from hypothesis import HealthCheck, settings

settings.register_profile("by_result", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("by_result")
