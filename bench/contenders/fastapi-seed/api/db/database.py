from decouple import config
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker

url = config("DATABASE_URL")

# Requests run on FastAPI's threads. A connection of SQLite is lent to one of them at a time, by SQLAlchemy's pool.
options = {"connect_args": {"check_same_thread": False, "timeout": 30}} if url.startswith("sqlite") else {}
# FastAPI has 40 threads; with SQLAlchemy's own 5 + 10 connections they would wait for one another.
engine = create_engine(url, pool_size=20, max_overflow=20, **options)
SessionLocal = sessionmaker(bind=engine, autoflush=False)


class Base(DeclarativeBase):
    pass


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
