"""What PostgreSQL holds of service areas, whoever writes. Pure: texts of trigger functions."""

from __future__ import annotations

BEGIN_AS_DRAFT = """
IF NEW.state <> 'draft' THEN
  RAISE EXCEPTION 'A version of a service area begins as a draft.' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""

COUNT_BANDS = """
NEW.band_count := (SELECT count(*) FROM listings_areaband WHERE version_id = NEW.id);
IF NEW.band_count = 0 THEN
  RAISE EXCEPTION 'A version of a service area without bands cannot be published.'
    USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""
"""When it is published: what KEEP_BANDS holds it to from then on."""

KEEP_PUBLISHED_VERSIONS = """
IF to_jsonb(NEW) - ARRAY['state', 'retired_at', 'retired_actor', 'created_by_id', 'published_by_id']
   IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'retired_at', 'retired_actor', 'created_by_id', 'published_by_id']
   OR (OLD.state = 'retired'
     AND (NEW.retired_at, NEW.retired_actor) IS DISTINCT FROM (OLD.retired_at, OLD.retired_actor))
   OR (NEW.created_by_id IS DISTINCT FROM OLD.created_by_id AND NEW.created_by_id IS NOT NULL)
   OR (NEW.published_by_id IS DISTINCT FROM OLD.published_by_id AND NEW.published_by_id IS NOT NULL) THEN
  RAISE EXCEPTION 'A version of a service area that was published does not change: make a new version.'
    USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""
"""Only its retirement is still to come, and the accounts of those who wrote it may go."""

KEEP_VERSIONS = """
IF EXISTS (SELECT FROM listings_servicearea WHERE id = OLD.area_id) THEN
  RAISE EXCEPTION 'A version of a service area that was published is kept for as long as the area.'
    USING ERRCODE = 'restrict_violation';
END IF;
RETURN NULL;
"""
"""At commit, so that a whole area can still go with its branch, in whatever order its rows go."""

KEEP_PUBLISHED_BANDS = """
IF TG_OP = 'UPDATE' AND NEW.version_id <> OLD.version_id
   OR (SELECT state FROM listings_serviceareaversion WHERE id = NEW.version_id FOR SHARE) <> 'draft' THEN
  RAISE EXCEPTION 'The bands of a version of a service area that was published do not change: make a new version.'
    USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""
"""FOR SHARE: a version cannot be published while a band of it is being written."""

KEEP_BANDS = """
IF EXISTS (
  SELECT FROM listings_serviceareaversion AS version
  WHERE version.id = OLD.version_id AND version.state <> 'draft'
    AND version.band_count <> (SELECT count(*) FROM listings_areaband WHERE version_id = version.id)
) THEN
  RAISE EXCEPTION 'The bands of a version of a service area that was published are kept for as long as it.'
    USING ERRCODE = 'restrict_violation';
END IF;
RETURN NULL;
"""
