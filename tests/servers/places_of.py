#!/usr/bin/python3
# places_of.py FILE.mmdb < ADDRESSES: what MaxMind's own reader, the one in Python alone, says of each address: its continent's code, its
# country's code and its country's name, with tabs between.
import sys

import maxminddb

with maxminddb.open_database(sys.argv[1], maxminddb.MODE_MEMORY) as database:
    for address in sys.stdin:
        place = database.get(address.strip()) or {}
        country = place.get("country", {})
        print(place.get("continent", {}).get("code", ""), country.get("iso_code", ""), country.get("names", {}).get("en", ""), sep="\t")
