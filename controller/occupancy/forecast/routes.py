"""How many people to expect at a site, over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from controller.estate.errors import SiteUnknown
from controller.occupancy.forecast.answers import ForecastRead, forecast_read
from controller.occupancy.forecast.service import ForecastService
from controller.people.authentication import SeesLive
from controller.platform.web.fields import SlugPath
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service

router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown))
TheForecast = Annotated[ForecastService, service(ForecastService)]
MOST_DAYS = 14


@router.get("/sites/{site}/forecast")
async def get_forecast(
    site: SlugPath,
    forecasts: TheForecast,
    actor: SeesLive,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How far ahead")] = MOST_DAYS,
) -> ForecastRead:
    """How many people to expect in each hour from this one on, with an interval. The site's closures, bank holidays and
    school terms are taken into account."""
    return forecast_read(await forecasts.ahead(site, days))
