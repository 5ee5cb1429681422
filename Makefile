# For fingers used to make; ./run does the work.
.PHONY: run test build
run test build:
	@./run $(if $(filter run,$@),,$@)
