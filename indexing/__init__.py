"""Keeps the index true: changes → facts → documents → engines.

Processes: one `celery --app config worker` is all there is to run, and more of them may run. In each of them a thread
(indexing.waker) listens to PostgreSQL, hands out hints through Celery, looks every second whether something was missed,
and sees to chores; there is no scheduler beside it.

    changes (listings) → relay → placing (versions, facts, builder, engine) → acknowledged
    rebuild, drift     the same placing, over everything
"""
