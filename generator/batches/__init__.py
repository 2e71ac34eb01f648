"""Many records: made on every core or a cluster, journalled, put whole in their places."""
