# The public names and where each comes from: type checkers and the import both read this.
from coverage_model.base.datasets import boroughs as boroughs
from coverage_model.base.datasets import coefficients as coefficients
from coverage_model.base.errors import InputError as InputError
from coverage_model.base.errors import SharedviewError as SharedviewError
from coverage_model.cover.coverage import coverage_by_area as coverage_by_area
from coverage_model.cover.faces import coverage_faces as coverage_faces
from coverage_model.cover.gaps import coverage_gaps as coverage_gaps
from coverage_model.optics.pixel_density import Level as Level
from coverage_model.optics.pixel_density import levels as levels
from coverage_model.optics.sectors import view_sectors as view_sectors
from coverage_model.reading.areas import read_areas as read_areas
from coverage_model.reading.cameras import read_cameras as read_cameras
from coverage_model.reading.demand import read_demand as read_demand
from coverage_model.reading.illustrative import illustrative_cameras as illustrative_cameras
from coverage_model.reading.obstacles import read_obstacles as read_obstacles
from coverage_model.reading.streets import read_streets as read_streets
from coverage_model.sight.visibility import visible_areas as visible_areas
