"""The tables about officers' time: columns, units and meaning."""

from __future__ import annotations

from coverage_model.base.schemas import Table, col

BREAK_EVEN = ("already", "reached", "not reached", "not known", "is today")
ROOM_STATUSES = ("copes", "cannot cope", "load not known")


class Bases(Table):
    """One row a police base: where officers start from."""

    borough_code: str = col("GSS code of the borough whose officers start there")
    borough: str = col("Name of the borough")
    base: str = col("Name of the base, or its row in the file")
    x_m: float = col("Easting", unit="m")
    y_m: float = col("Northing", unit="m")
    share: float = col("Share of the borough's visits that start there", ge=0, le=1)
    basis: str = col("given, or the assumption that officers start from the borough's own site")


class FootageAccess(Table):
    """One row a plan: officer hours to obtain footage, known boroughs only."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    rooms: int = col("Control rooms in the plan", ge=1)
    boroughs: int = col("Boroughs whose recorded crimes are known", ge=0)
    boroughs_unknown: int = col("Boroughs left out because they are not", ge=0)
    requests_per_year: float = col("Requests for footage", unit="a year", ge=0, nullable=True)
    visits_per_year: float = col("Visits of officers to a room", unit="a year", ge=0, nullable=True)
    mean_km: float = col(
        "Way from base to room, the mean over visits", unit="km", ge=0, nullable=True
    )
    longest_km: float = col("Longest way from a borough's bases to its room", unit="km", ge=0)
    travel_h_per_year: float = col(
        "Hours to the room and back", unit="h a year", ge=0, nullable=True
    )
    waiting_h_per_year: float = col(
        "Hours of waiting for a desk, with desks added where the mean wait would pass its target",
        unit="h a year",
        ge=0,
        nullable=True,
    )
    viewing_h_per_year: float = col(
        "Hours of viewing and export", unit="h a year", ge=0, nullable=True
    )
    remote_h_per_year: float = col(
        "Hours for requests from afar", unit="h a year", ge=0, nullable=True
    )
    officer_h_per_year: float = col("All officer hours", unit="h a year", ge=0, nullable=True)
    low_h_per_year: float = col(
        "Officer hours that nine draws of ten exceed", unit="h a year", nullable=True
    )
    high_h_per_year: float = col(
        "Officer hours that one draw of ten exceeds", unit="h a year", nullable=True
    )
    travel_change_h_per_year: float = col(
        "Travel less that of today", unit="h a year", nullable=True
    )
    waiting_change_h_per_year: float = col(
        "Waiting less that of today", unit="h a year", nullable=True
    )
    change_h_per_year: float = col(
        "Officer hours less those of today", unit="h a year", nullable=True
    )
    change_low_h_per_year: float = col(
        "Change that nine draws of ten exceed", unit="h a year", nullable=True
    )
    change_high_h_per_year: float = col(
        "Change that one draw of ten exceeds", unit="h a year", nullable=True
    )
    change_size_h_per_year: float = col(
        "Size of the change without its sign", unit="h a year", nullable=True
    )
    travel_change_size_h_per_year: float = col(
        "Size of the change in travel", unit="h a year", nullable=True
    )
    waiting_change_size_h_per_year: float = col(
        "Size of the change in waiting", unit="h a year", nullable=True
    )
    change_share: float = col("Change / officer hours of today", nullable=True)
    fewer_share: float = col(
        "Share of draws with fewer officer hours than today", ge=0, le=1, nullable=True
    )
    break_even_remote_share: float = col(
        "Least share of requests met from afar, from the one assumed upwards, at which the plan "
        "takes no more officer hours than today's rooms do at the share assumed; missing where "
        "none is enough",
        nullable=True,
        ge=0,
        le=1,
    )
    break_even: str = col(
        "already (no more hours at the share assumed), reached, not reached (not even with all "
        "requests met from afar), not known or is today",
        isin=BREAK_EVEN,
    )


class FootageBudgets(Table):
    """One row a plan: two separate budgets, the councils' and the police's."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    council_saving_gbp_per_year: float = col(
        "What councils save a year against today, from the cost table", unit="£ a year"
    )
    council_saving_size_gbp_per_year: float = col("Its size without its sign", unit="£ a year")
    council_one_off_gbp: float = col("What councils pay once for the change", unit="£")
    officer_gbp_per_year: float = col(
        "Officer hours at the cost of an hour", unit="£ a year", nullable=True
    )
    officer_change_gbp_per_year: float = col("That less today's", unit="£ a year", nullable=True)
    officer_change_low_gbp_per_year: float = col(
        "Change that nine draws of ten exceed", unit="£ a year", nullable=True
    )
    officer_change_high_gbp_per_year: float = col(
        "Change that one draw of ten exceeds", unit="£ a year", nullable=True
    )
    officer_change_size_gbp_per_year: float = col(
        "Size of the change without its sign", unit="£ a year", nullable=True
    )
    posts_change_gbp_per_year: float = col(
        "Police posts in rooms less today's, where police pay for them; 0 without", unit="£ a year"
    )
    posts_change_size_gbp_per_year: float = col("Its size without its sign", unit="£ a year")
    two_budgets_gbp_per_year: float = col(
        "Councils' saving less the changes of officer time and police posts: two budgets added up, "
        "which nobody holds together",
        unit="£ a year",
        nullable=True,
    )
    two_budgets_size_gbp_per_year: float = col(
        "Its size without its sign", unit="£ a year", nullable=True
    )


class FootageRooms(Table):
    """One row a plan and room: desks for review and the wait for them in busy hours."""

    plan_id: str = col("Identifier of the plan")
    room_code: str = col("GSS code of the borough that hosts the room")
    room_borough: str = col("Name of that borough")
    boroughs: int = col("Boroughs served", ge=1)
    boroughs_unknown: int = col("Of these, with unknown crimes: the load is too low", ge=0)
    arrivals_per_year: float = col(
        "People and requests from afar", unit="a year", ge=0, nullable=True
    )
    load_erlang: float = col("Load in busy hours", unit="Erlang", ge=0, nullable=True)
    desks: float = col("Desks by the coefficients", ge=1)
    used_share: float = col("Load / desks", ge=0, nullable=True)
    waiting_probability: float = col(
        "Share of arrivals that wait (Erlang C); missing where the room cannot cope",
        ge=0,
        le=1,
        nullable=True,
    )
    mean_wait_h: float = col(
        "Mean wait of all arrivals; missing where the room cannot cope", unit="h", nullable=True
    )
    blocking_probability: float = col(
        "Share turned away if nobody waited (Erlang B)", ge=0, le=1, nullable=True
    )
    desks_to_cope: float = col("Fewest desks above the load", ge=1, nullable=True)
    desks_for_target: float = col("Fewest desks for the target of the wait", ge=1, nullable=True)
    desks_counted: float = col("Desks that hours are counted with", ge=1)
    counted_wait_h: float = col("Mean wait in busy hours with them", unit="h", nullable=True)
    status: str = col("copes, cannot cope or load not known", isin=ROOM_STATUSES)
    note: str = col("What a reader must know")


class FootageDesks(Table):
    """One row a plan: what pooling does to desks and waits, and to travel."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    rooms: int = col("Control rooms in the plan", ge=1)
    desks: float = col("Desks of all rooms by the coefficients", ge=1)
    rooms_short: int = col("Rooms that cannot cope with their desks in busy hours", ge=0)
    desks_added: float = col(
        "Desks added so that no mean wait passes its target; they have no price here", ge=0
    )
    desks_counted: float = col("Desks that hours are counted with", ge=1)
    desks_for_target: float = col(
        "Fewest desks for the target of the wait, rooms with a known load", ge=0
    )
    mean_wait_min: float = col(
        "Mean wait in busy hours over visits, as counted", unit="min", nullable=True
    )
    same_desks_wait_min: float = col(
        "The same if each room kept the desks counted for its boroughs by themselves: what pooling "
        "alone does",
        unit="min",
        nullable=True,
    )
    longest_wait_min: float = col(
        "Mean wait at the room where it is longest, as counted", unit="min", nullable=True
    )
    waiting_change_h_per_year: float = col(
        "Waiting less that of today", unit="h a year", nullable=True
    )
    travel_change_h_per_year: float = col(
        "Travel less that of today", unit="h a year", nullable=True
    )
    short_share: float = col(
        "Share of draws in which some room cannot cope", ge=0, le=1, nullable=True
    )


class FootageBoroughs(Table):
    """One row a plan and borough."""

    plan_id: str = col("Identifier of the plan")
    borough_code: str = col("GSS code of the borough")
    borough: str = col("Name of the borough")
    room_borough: str = col("Name of the borough that hosts its room")
    base_basis: str = col("Where its officers start from")
    crimes_per_year: float = col("Recorded crimes; missing where unknown", nullable=True)
    visits_per_year: float = col("Visits", nullable=True)
    km: float = col("Mean way from its bases to the room", unit="km", ge=0)
    travel_h_per_year: float = col("Travel", unit="h a year", nullable=True)
    waiting_h_per_year: float = col("Waiting", unit="h a year", nullable=True)
    viewing_h_per_year: float = col("Viewing and export", unit="h a year", nullable=True)
    remote_h_per_year: float = col("Requests from afar", unit="h a year", nullable=True)
    officer_h_per_year: float = col("All officer hours", unit="h a year", nullable=True)
    today_h_per_year: float = col("The same today", unit="h a year", nullable=True)
    change_h_per_year: float = col("The difference", unit="h a year", nullable=True)
    officer_gbp_per_year: float = col(
        "Officer hours at the cost of an hour", unit="£ a year", nullable=True
    )
    change_gbp_per_year: float = col("The difference at it", unit="£ a year", nullable=True)


class FootageRemote(Table):
    """One row a share of requests met from afar, one further column a plan: its officer hours."""

    remote_share: float = col("Share of requests met from afar", ge=0, le=1)


class FootageEmbedded(Table):
    """One row a plan: what police posted in every room save, and what their posts cost."""

    plan_id: str = col("Identifier of the plan", unique=True)
    label: str = col("Name of the plan")
    rooms: int = col("Control rooms in the plan", ge=1)
    without_h_per_year: float = col(
        "Officer hours without them", unit="h a year", ge=0, nullable=True
    )
    with_h_per_year: float = col("Officer hours with them", unit="h a year", ge=0, nullable=True)
    saved_h_per_year: float = col("The difference", unit="h a year", nullable=True)
    saved_gbp_per_year: float = col("At the cost of an hour", unit="£ a year", nullable=True)
    posts: float = col("Police posts in all rooms", ge=0)
    posts_gbp_per_year: float = col(
        "Cost of the posts in the hours in which rooms serve officers", unit="£ a year"
    )
    net_gbp_per_year: float = col(
        "saved_gbp_per_year - posts_gbp_per_year", unit="£ a year", nullable=True
    )


class FootageSensitivity(Table):
    """One row a coefficient: the change of officer hours at both ends of its range."""

    coefficient: str = col("Name of the coefficient", unique=True)
    label: str = col("What it is")
    unit: str = col("Its unit")
    low: float = col("Low end of its range")
    value: float = col("Value used")
    high: float = col("High end of its range")
    mark: str = col("read, derived or assumption")
    change_at_low_h_per_year: float = col(
        "Officer hours of the plan less today's at the low end", unit="h a year", nullable=True
    )
    change_at_high_h_per_year: float = col(
        "The same at the high end", unit="h a year", nullable=True
    )
    swing_h_per_year: float = col(
        "Size of the difference of the two", unit="h a year", ge=0, nullable=True
    )
