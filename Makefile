# For fingers used to make; ./run does the work. `make test T=tests/service/test_settings.py` for one file.
.PHONY: run check test build
run check test build:
	@./run $(if $(filter run,$@),,$@) $(T)
