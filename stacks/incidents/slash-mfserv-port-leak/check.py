"""Where a folder without its slash is redirected to, as it was asked for from outside."""

import http.client

connection = http.client.HTTPConnection("proxy", 8080)
connection.request("GET", "/help", headers={"Host": "shop.example"})
print(connection.getresponse().headers["Location"])
