"""Small charts as inline SVG: geometry here, markup in ``templates/chart.svg.j2``, colours in ``templates/style.css``."""
