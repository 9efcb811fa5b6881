"""An invented clinic to explore: two sites, four clinicians, two years of runners, in a database of its own."""

from dashboard.demo.making import Made, make_demo

__all__ = ["Made", "make_demo"]
