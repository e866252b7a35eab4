"""What the faces in a browser share: the desk's at the station and the console's at the county. Knows neither."""
