"""What the shipped knowledge makes of the worked cases, written case by case into ``docs/cases.md`` (`make cases`)."""
