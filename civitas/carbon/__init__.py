"""From meter readings to tonnes, and back again by anyone. Pure: takes records, returns records."""
