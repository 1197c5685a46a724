"""Pictures of decompositions and estimates, with matplotlib (``pip install "symwick[plots]"``).

Each function draws on the axes ``ax``, or on those of a new figure, returns them, and shows nothing: ``ax.figure.savefig(path)``
writes the picture. Everything is computed exactly; numbers become floats only when they are drawn. Blue is negative,
vermillion positive, green a size.

>>> import symwick as sw
>>> D = sw.gwpd("2*x + 3*x*y", sw.Independent({"x": sw.Bernoulli("1/2"), "y": sw.Bernoulli("1/4")}))
>>> sw.plots.waterfall(D, {"x": 1, "y": 1}).get_xlabel()
'from the mean E f to f(x)'
"""

from symwick.plots.average_terms import partitions
from symwick.plots.estimates import error_by_order
from symwick.plots.heat_maps import heat_map
from symwick.plots.networks import interaction_network
from symwick.plots.orders import sizes_by_order
from symwick.plots.point_terms import waterfall

__all__ = ["error_by_order", "heat_map", "interaction_network", "partitions", "sizes_by_order", "waterfall"]
