"""`make bench` takes too long for a test; its floor, a server of its own, starts and answers."""

from tests.serving import Server


def test_the_floors_answer_with_the_newest_problems(query, database, tmp_path, person, problem, employees):
    problem(title="Printer di kasir 3 macet")
    person("hadi").client.get("/problems")
    session = query.one("SELECT id FROM session WHERE employee_id = %(id)s", {"id": employees["hadi"].id})["id"]
    server = Server(database, tmp_path / "log", ("-m", "bench.floor"))
    try:
        server.wait_until_ready()
        for path in ("/", f"/flat?session={session}"):
            status, page = server.get(path)
            assert status == 200 and "Printer di kasir 3 macet" in page.decode()
    finally:
        server.stop()
