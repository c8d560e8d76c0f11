# The public names and where each comes from: type checkers and the import both read this.
from optimisation.comparison import plan_table as plan_table
from optimisation.consolidation import consolidate as consolidate
from optimisation.consolidation import cost_plan as cost_plan
from optimisation.consolidation import reference_plans as reference_plans
from optimisation.results import Plan as Plan
from optimisation.results import Room as Room
from optimisation.results import SolveReport as SolveReport
from optimisation.scenario import Scenario as Scenario
from optimisation.scenario import load_scenario as load_scenario
from optimisation.territory import borough_inputs as borough_inputs
